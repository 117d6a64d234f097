<?php
// Asks a FastCGI server over its unix socket for one page, as the web server would, and prints the answer.
// php fastcgi.php SOCKET DOCUMENT_ROOT PATH HOST RELEASE

[, $socket, $root, $path, $host, $release] = $argv;

// The script that the web server would choose: a file of that name, else the site's front controller.
$script = str_ends_with($path, '.php') && is_file($root . $path) ? $path : '/index.php';

$parameters = [
    'SCRIPT_FILENAME' => $root . $script, 'SCRIPT_NAME' => $script, 'DOCUMENT_ROOT' => $root, 'DOCUMENT_URI' => $script,
    'REQUEST_URI' => $path, 'REQUEST_METHOD' => 'GET', 'REQUEST_SCHEME' => 'https', 'QUERY_STRING' => '', 'HTTPS' => 'on',
    'GATEWAY_INTERFACE' => 'CGI/1.1', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'SERVER_SOFTWARE' => 'release-gate', 'SERVER_NAME' => $host,
    'SERVER_ADDR' => '127.0.0.1', 'SERVER_PORT' => '443', 'REMOTE_ADDR' => '127.0.0.1', 'REMOTE_PORT' => '0', 'HTTP_HOST' => $host,
    'CONTENT_TYPE' => '', 'CONTENT_LENGTH' => '', 'REDIRECT_STATUS' => '200', 'SITE_RELEASE' => $release,
];

// FastCGI 1.0, 3.3: version, type, request id, length, padding, reserved.
function record(int $type, string $content): string
{
    return pack('CCnnCx', 1, $type, 1, strlen($content), 0) . $content;
}

// FastCGI 1.0, 3.4: lengths below 128 take one byte, others four with the highest bit set.
function length(string $text): string
{
    return strlen($text) < 128 ? chr(strlen($text)) : pack('N', strlen($text) | 0x80000000);
}

$connection = @stream_socket_client("unix://$socket", $errorCode, $errorText, 5);
if ($connection === false) {
    fwrite(STDERR, "$socket: $errorText\n");
    exit(1);
}
$pairs = '';
foreach ($parameters as $name => $value) {
    $pairs .= length($name) . length($value) . $name . $value;
}
// Begin a request as responder that closes the connection; its parameters; an empty body.
fwrite($connection, record(1, pack('nCx5', 1, 0)) . record(4, $pairs) . record(4, '') . record(5, ''));

$answer = '';
while (($header = stream_get_contents($connection, 8)) !== false && strlen($header) === 8) {
    $fields = unpack('Cversion/Ctype/nid/nlength/Cpadding', $header);
    $content = $fields['length'] > 0 ? stream_get_contents($connection, $fields['length']) : '';
    if ($fields['padding'] > 0) {
        stream_get_contents($connection, $fields['padding']);
    }
    if ($fields['type'] === 6) {
        $answer .= $content;
    } elseif ($fields['type'] === 7) {
        fwrite(STDERR, $content . "\n");
    } elseif ($fields['type'] === 3) {
        break;
    }
}
if ($answer === '') {
    fwrite(STDERR, "$socket: the connection was closed without an answer\n");
    exit(1);
}
// CGI says "Status: 500 …" when it is not 200 (RFC 3875, 6.3.3).
$status = preg_match('/^Status: *(.+?)\r?$/mi', strstr($answer, "\r\n\r\n", true) ?: '', $match) ? $match[1] : '200 OK';
echo "HTTP/1.1 $status\r\n", $answer;
