"""A small site for load tests: each page carries its release's mark three times, from three files."""

import os
import time
from pathlib import Path
from urllib.parse import parse_qs

import pymysql

parts = Path(__file__).resolve().parent / "parts"


def connect():
    return pymysql.connect(
        unix_socket=os.environ["DATABASE_SOCKET"],
        database=os.environ["DATABASE_NAME"],
        user=os.environ["DATABASE_USER"],
        password=os.environ["DATABASE_PASSWORD"],
        autocommit=True,
    )


def query(statement, *values):
    connection = connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()
    finally:
        connection.close()


def answer(environ):
    path = environ["PATH_INFO"]
    if path == "/healthz":
        return f"database answers {query('SELECT 1')[0]}"
    if path == "/colour":
        return os.environ["SITE_COLOUR"]
    if path == "/write" and environ["REQUEST_METHOD"] == "POST":
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        token = parse_qs(body)["token"][0]
        query("INSERT INTO writes (token) VALUES (%s)", token)
        return f"written {token}"
    page = (parts / "head.txt").read_text()
    if path == "/slow":
        time.sleep(float(parse_qs(environ["QUERY_STRING"]).get("seconds", ["1"])[0]))
    # Read after the wait: a slow page must not find the next release's file.
    return page + (parts / "body.txt").read_text() + (parts / "foot.txt").read_text()


def application(environ, start_response):
    body = answer(environ).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
