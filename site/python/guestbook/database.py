"""The connection to the database, over the socket that the environment names."""

import os
import threading

import pymysql

_kept = threading.local()


def connection() -> pymysql.connections.Connection:
    """One connection a thread, kept between requests: making one costs more than a small query."""
    current = getattr(_kept, "connection", None)
    if current is not None:
        try:
            # A database that was restarted meanwhile has closed it.
            current.ping(reconnect=False)
            return current
        except pymysql.MySQLError:
            pass
    _kept.connection = connect()
    return _kept.connection


def connect() -> pymysql.connections.Connection:
    """A new connection; every statement is a transaction of its own."""
    return pymysql.connect(
        unix_socket=os.environ["DATABASE_SOCKET"],
        database=os.environ["DATABASE_NAME"],
        user=os.environ["DATABASE_USER"],
        password=os.environ["DATABASE_PASSWORD"],
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=5,
    )
