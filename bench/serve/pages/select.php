<?php

// One page of about a kilobyte with one SELECT, written as most are: the same file is measured on both servers.
$database = new PDO(
    'mysql:unix_socket=' . getenv('DATABASE_SOCKET') . ';dbname=' . getenv('DATABASE_NAME'),
    getenv('DATABASE_USER'),
    getenv('DATABASE_PASSWORD'),
    [PDO::ATTR_PERSISTENT => true],
);
// One row by its key: a COUNT(*) would measure the threads that a stock MySQL starts for it (50 times slower), not the serving.
$row = $database->query("SELECT message, REPEAT('x', 900) AS text FROM entries WHERE id = 1")->fetch();
header('Content-Type: text/plain');
echo $row['message'], ' ', $row['text'];
