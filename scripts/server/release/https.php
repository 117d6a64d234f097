<?php
// Asks this machine's web server for one page, each time over a new TLS connection, until it answers as wanted three times in a row.
// Prints status and release of the last answer; fails when the time is over. Whether the certificate is trusted is not the question
// here: which release answers is.
// php https.php HOST PATH ANSWER SECONDS, where ANSWER is such as "200 95274b356bd9" or "503 without a release"

[, $host, $path, $wanted, $seconds] = $argv;

function ask(string $host, string $path): string
{
    $context = stream_context_create(['ssl' => ['peer_name' => $host, 'verify_peer' => false, 'verify_peer_name' => false]]);
    $connection = @stream_socket_client('ssl://127.0.0.1:443', $errorCode, $errorText, 5, STREAM_CLIENT_CONNECT, $context);
    if ($connection === false) {
        return 'no connection';
    }
    stream_set_timeout($connection, 5);
    fwrite($connection, "GET $path HTTP/1.1\r\nHost: $host\r\nUser-Agent: release-gate\r\nConnection: close\r\n\r\n");
    $answer = stream_get_contents($connection, 16384) ?: '';
    $status = preg_match('~^HTTP/\S+ (\d{3})~', $answer, $match) ? $match[1] : 'no answer';
    return $status . ' ' . (preg_match('/^x-release: *(\S+)/mi', $answer, $match) ? $match[1] : 'without a release');
}

$deadline = microtime(true) + (float) $seconds;
$seen = 0;
do {
    $answer = ask($host, $path);
    $seen = $answer === $wanted ? $seen + 1 : 0;
    if ($seen === 0) {
        usleep(20000);
    }
} while ($seen < 3 && microtime(true) < $deadline);
echo $answer;
exit($seen < 3 ? 1 : 0);
