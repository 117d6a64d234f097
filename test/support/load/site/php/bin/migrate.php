<?php
$database = new PDO(
    'mysql:unix_socket=' . getenv('DATABASE_SOCKET') . ';dbname=' . getenv('DATABASE_NAME'),
    getenv('DATABASE_USER'),
    getenv('DATABASE_PASSWORD'),
    [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION],
);
$database->exec('CREATE TABLE IF NOT EXISTS writes (id BIGINT AUTO_INCREMENT PRIMARY KEY, token VARCHAR(64) NOT NULL, KEY (token))');
echo "the table of writes is there\n";
