<?php
// Says how the request arrived.
if (strtok($_SERVER['REQUEST_URI'], '?') === '/own-headers') {
    header('Cross-Origin-Opener-Policy: same-origin-allow-popups');
    header('X-Frame-Options: DENY');
    header('Referrer-Policy: no-referrer');
    header('Strict-Transport-Security: max-age=60');
}
echo json_encode([
    'script' => basename($_SERVER['SCRIPT_FILENAME']),
    'requestUri' => $_SERVER['REQUEST_URI'],
    'pathInfo' => $_SERVER['PATH_INFO'] ?? '',
    'query' => $_SERVER['QUERY_STRING'] ?? '',
]);
