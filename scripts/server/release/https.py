"""Asks this machine's web server for one page over a new TLS connection and prints the answer.

Whether the certificate is trusted is not the question here: which release answers is.

python3 https.py HOST PATH
"""

import socket
import ssl
import sys

host, path = sys.argv[1:3]

context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
with context.wrap_socket(socket.create_connection(("127.0.0.1", 443), timeout=5), server_hostname=host) as connection:
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: release-gate\r\nConnection: close\r\n\r\n".encode())
    while part := connection.recv(65536):
        sys.stdout.buffer.write(part)
