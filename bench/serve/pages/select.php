<?php

// One page of about a kilobyte with one SELECT, written as most are: the same file is measured on both servers.
$database = new PDO(
    'mysql:unix_socket=' . getenv('DATABASE_SOCKET') . ';dbname=' . getenv('DATABASE_NAME'),
    getenv('DATABASE_USER'),
    getenv('DATABASE_PASSWORD'),
    [PDO::ATTR_PERSISTENT => true],
);
$row = $database->query("SELECT COUNT(*) AS entries, REPEAT('x', 900) AS text FROM entries")->fetch();
header('Content-Type: text/plain');
echo $row['entries'], ' ', $row['text'];
