<?php
// A small site for load tests: each page carries its release's mark three times, from three files.

$database = fn () => new PDO(
    'mysql:unix_socket=' . getenv('DATABASE_SOCKET') . ';dbname=' . getenv('DATABASE_NAME'),
    getenv('DATABASE_USER'),
    getenv('DATABASE_PASSWORD'),
    [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION],
);
$path = strtok($_SERVER['REQUEST_URI'], '?');
header('Content-Type: text/plain');

if ($path === '/healthz') {
    echo 'database answers ', $database()->query('SELECT 1')->fetchColumn();
} elseif ($path === '/colour') {
    echo getenv('SITE_COLOUR');
} elseif ($path === '/write' && $_SERVER['REQUEST_METHOD'] === 'POST') {
    $database()->prepare('INSERT INTO writes (token) VALUES (?)')->execute([$_POST['token']]);
    echo 'written ', $_POST['token'];
} else {
    require __DIR__ . '/../parts/head.php';
    if ($path === '/slow') {
        usleep((int) ((float) ($_GET['seconds'] ?? 1) * 1e6));
    }
    // Read after the wait: a slow page must not find the next release's file.
    require __DIR__ . '/../parts/body.php';
    require __DIR__ . '/../parts/foot.php';
}
