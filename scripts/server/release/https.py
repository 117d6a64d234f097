"""Asks this machine's web server for one page, each time over a new TLS connection, until it answers as wanted three times in a row.

Prints status and release of the last answer; fails when the time is over. Whether the certificate is trusted is not the question
here: which release answers is.

python3 https.py HOST PATH ANSWER SECONDS, where ANSWER is such as "200 95274b356bd9" or "503 without a release"
"""

import re
import socket
import ssl
import sys
import time

host, path, wanted, seconds = sys.argv[1:5]

context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


def ask() -> str:
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: release-gate\r\nConnection: close\r\n\r\n"
    answer = b""
    try:
        raw = socket.create_connection(("127.0.0.1", 443), timeout=5)
        with context.wrap_socket(raw, server_hostname=host) as connection:
            connection.sendall(request.encode())
            while part := connection.recv(65536):
                answer += part
    except OSError as error:
        return f"no answer: {error}"
    status = re.match(rb"HTTP/\S+ (\d{3})", answer)
    release = re.search(rb"(?mi)^x-release: *(\S+)", answer)
    return f"{status[1].decode() if status else 'no answer'} {release[1].decode() if release else 'without a release'}"


deadline = time.monotonic() + float(seconds)
seen = 0
while True:
    answer = ask()
    seen = seen + 1 if answer == wanted else 0
    if seen == 3 or time.monotonic() >= deadline:
        break
    if seen == 0:
        time.sleep(0.02)
print(answer)
sys.exit(0 if seen == 3 else 1)
