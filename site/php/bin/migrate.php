<?php

// Brings the database up to what this release needs: each file of migrations/ once, in the order of their names. The release before still
// serves while this runs and may be rolled back to, so a migration only adds (a table, a column with a default); what is no longer used is
// taken away by a later release.

declare(strict_types=1);

require __DIR__ . '/../src/Database.php';

$database = Site\Database::connection(persistent: false);
$database->exec("SET time_zone = '+00:00'");
// Two deployments at once: the second waits here and then finds everything done.
if ($database->query("SELECT GET_LOCK('site-migrations', 60)")->fetchColumn() != 1) {
    fwrite(STDERR, "error: another migration has held the lock for a minute: see SHOW PROCESSLIST\n");
    exit(1);
}
$database->exec('CREATE TABLE IF NOT EXISTS migrations (name VARCHAR(190) PRIMARY KEY, applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)');
$applied = $database->query('SELECT name FROM migrations')->fetchAll(PDO::FETCH_COLUMN);
$waiting = array_diff(array_map(basename(...), glob(__DIR__ . '/../migrations/*.sql')), $applied);
foreach ($waiting as $name) {
    try {
        $database->exec(file_get_contents(__DIR__ . "/../migrations/$name"));
    } catch (PDOException $error) {
        fwrite(STDERR, "error: migration $name failed: {$error->getMessage()}\n");
        exit(1);
    }
    $database->prepare('INSERT INTO migrations (name) VALUES (?)')->execute([$name]);
    echo "applied $name\n";
}
echo $waiting === [] ? "nothing to migrate\n" : '';
