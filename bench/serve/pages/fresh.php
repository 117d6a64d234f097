<?php

// The sample site's first page as it would be with a new connection to the database for each request.
require_once __DIR__ . '/../../src/Database.php';
Site\Database::connection(persistent: false);
$_SERVER['REQUEST_URI'] = '/';
require __DIR__ . '/../index.php';
