<?php
// Asks this machine's web server for one page over a new TLS connection and prints the answer. Whether the certificate is trusted
// is not the question here: which release answers is.
// php https.php HOST PATH

[, $host, $path] = $argv;

$context = stream_context_create(['ssl' => ['peer_name' => $host, 'verify_peer' => false, 'verify_peer_name' => false]]);
$connection = @stream_socket_client('ssl://127.0.0.1:443', $errorCode, $errorText, 5, STREAM_CLIENT_CONNECT, $context);
if ($connection === false) {
    fwrite(STDERR, "https://$host: $errorText\n");
    exit(1);
}
fwrite($connection, "GET $path HTTP/1.1\r\nHost: $host\r\nUser-Agent: release-gate\r\nConnection: close\r\n\r\n");
echo stream_get_contents($connection, 65536);
