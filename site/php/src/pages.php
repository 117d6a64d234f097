<?php

// One function a page: it asks, decides and sends.

declare(strict_types=1);

namespace Site;

function home(): void
{
    $started = microtime(true);
    $latest = (new Guestbook(Database::connection()))->latest(3);
    $queried = (microtime(true) - $started) * 1000;
    header(sprintf('Server-Timing: app;dur=%.2f, database;dur=%.2f', Way::elapsed() - $queried, $queried));
    View::send('home', [
        'title' => 'One server, end to end',
        'here' => '/',
        'stations' => Way::stations($latest, $queried),
        'entries' => $latest['entries'],
        'total' => $latest['total'],
    ]);
}

function guestbook(array $values = ['author' => '', 'message' => ''], array $errors = [], int $status = 200): void
{
    $latest = (new Guestbook(Database::connection()))->latest(50);
    header('Cache-Control: no-store');
    View::send('guestbook', [
        'title' => 'Guestbook',
        'here' => '/guestbook',
        'entries' => $latest['entries'],
        'total' => $latest['total'],
        'token' => Token::issue(),
        'values' => $values,
        'errors' => $errors,
        'thanks' => isset($_GET['thanks']) && $errors === [],
    ], $status);
}

function sign(): void
{
    $values = [];
    foreach (['author', 'message'] as $field) {
        $values[$field] = is_string($_POST[$field] ?? null) ? trim(str_replace("\r\n", "\n", $_POST[$field])) : '';
    }
    if (!Token::matches($_POST['token'] ?? null)) {
        guestbook($values, ['token' => 'This form had grown old. Please send it once more.'], 403);
        return;
    }
    $errors = Guestbook::check($values['author'], $values['message']);
    if ($errors !== []) {
        guestbook($values, $errors, 422);
        return;
    }
    (new Guestbook(Database::connection()))->add($values['author'], $values['message']);
    // The browser asks for the page anew, so that a reload doesn't sign twice.
    header('Location: /guestbook?thanks', true, 303);
}

/** For load balancers and deployments: 200 when a page with data could be served. */
function health(): void
{
    header('Content-Type: application/json');
    header('Cache-Control: no-store');
    $started = microtime(true);
    $answer = ['status' => 'ok', 'release' => Way::release(), 'runtime' => 'PHP ' . PHP_VERSION];
    try {
        // The table as well: a database that was not migrated can't serve.
        $row = Database::connection()->query('SELECT VERSION() AS version, EXISTS (SELECT 1 FROM entries) AS used')->fetch();
        $answer['database'] = $row['version'];
    } catch (\PDOException $error) {
        error_log('health: ' . $error->getMessage());
        http_response_code(503);
        $answer = ['status' => 'the database does not answer'] + $answer;
    }
    $answer['milliseconds'] = round((microtime(true) - $started) * 1000, 2);
    echo json_encode($answer, JSON_UNESCAPED_SLASHES), "\n";
}

function problem(int $status, string $title, string $explanation): void
{
    header('Cache-Control: no-store');
    View::send('problem', ['title' => $title, 'explanation' => $explanation], $status);
}
