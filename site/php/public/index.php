<?php

// Every request that is no file comes here.

declare(strict_types=1);

require_once __DIR__ . '/../src/Database.php';
require_once __DIR__ . '/../src/Guestbook.php';
require_once __DIR__ . '/../src/Token.php';
require_once __DIR__ . '/../src/View.php';
require_once __DIR__ . '/../src/Way.php';
require_once __DIR__ . '/../src/pages.php';

$path = strtok($_SERVER['REQUEST_URI'] ?? '/', '?');
$method = $_SERVER['REQUEST_METHOD'] ?? 'GET';
$pages = [
    '/' => ['GET' => 'Site\home'],
    '/guestbook' => ['GET' => 'Site\guestbook', 'POST' => 'Site\sign'],
    '/healthz' => ['GET' => 'Site\health'],
];
$page = $pages[$path] ?? null;
// A browser's HEAD is a GET whose body nobody reads.
$action = $page[$method === 'HEAD' ? 'GET' : $method] ?? null;

try {
    if ($page === null) {
        Site\problem(404, 'There is nothing here', 'The address may have been mistyped, or the page has moved.');
    } elseif ($action === null) {
        header('Allow: ' . implode(', ', array_keys($page)));
        Site\problem(405, 'Not this way', "This page does not take $method.");
    } else {
        $action();
    }
} catch (PDOException $error) {
    // The message goes to the log; a visitor is told no more than what matters to them.
    error_log('database: ' . $error->getMessage());
    Site\problem(503, 'The database is resting', 'What you see here is kept in a database that does not answer just now. Please try again in a moment.');
}
