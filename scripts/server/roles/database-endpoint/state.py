"""Says over HTTP, on the loopback address, what the database of this server does, for the health checks of those who connect to it.

usage: state.py SOCKET PORT

/primary answers 200 when the database takes writes, /member when it answers at all; else 503.
"""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pymysql

# A database that takes longer than this to say its name counts as unavailable.
SECONDS = 1


class Database:
    """One connection, kept from question to question: each health check would be a login otherwise."""

    def __init__(self, socket):
        self._socket = socket
        self._connection = None
        self._lock = threading.Lock()

    def state(self):
        """`primary` when it takes writes, `member` when it answers, else None."""
        with self._lock:
            # A connection that was kept may have ended with a restart of the database.
            for _ in range(2 if self._connection else 1):
                try:
                    return self._ask()
                except (pymysql.MySQLError, OSError):
                    self._forget()
        return None

    def _ask(self):
        if self._connection is None:
            self._connection = pymysql.connect(
                unix_socket=self._socket,
                user="database-state",
                connect_timeout=SECONDS,
                read_timeout=SECONDS,
                write_timeout=SECONDS,
            )
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT @@GLOBAL.read_only")
            (read_only,) = cursor.fetchone()
        return "member" if int(read_only) else "primary"

    def _forget(self):
        if self._connection is not None and self._connection.open:
            self._connection.close()
        self._connection = None


def handler(database):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = {"/primary": ("primary",), "/member": ("primary", "member")}.get(self.path)
            state = database.state() if wanted else None
            status = 404 if wanted is None else 200 if state in wanted else 503
            body = f"{state or 'unavailable'}\n".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Four checks a second are no news."""

    return Handler


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    socket, port = sys.argv[1:]
    ThreadingHTTPServer(("127.0.0.1", int(port)), handler(Database(socket))).serve_forever()


if __name__ == "__main__":
    main()
