"""Asks an HTTP server over its unix socket for one page, as the web server would, and prints the answer.

python3 http.py SOCKET PATH HOST
"""

import socket
import sys

path_of_socket, path, host = sys.argv[1:4]

with socket.socket(socket.AF_UNIX) as connection:
    connection.settimeout(9)
    connection.connect(path_of_socket)
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: release-gate\r\n"
        "X-Forwarded-Proto: https\r\nX-Forwarded-For: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
    )
    while part := connection.recv(65536):
        sys.stdout.buffer.write(part)
