<?php

// A page as big applications make them: it holds 24 MiB and asks for a row that may lie anywhere in the table.
$held = str_repeat('x', 24 << 20);
$database = new PDO(
    'mysql:unix_socket=' . getenv('DATABASE_SOCKET') . ';dbname=' . getenv('DATABASE_NAME'),
    getenv('DATABASE_USER'),
    getenv('DATABASE_PASSWORD'),
    [PDO::ATTR_PERSISTENT => true],
);
$row = $database->query('SELECT LENGTH(text) FROM filler WHERE id = ' . random_int(1, 12000))->fetchColumn();
echo 'held ', strlen($held) >> 20, ', read ', $row;
