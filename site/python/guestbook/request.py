"""One request: what came, and what this side of it can tell of its way."""

import hmac
import os
import platform
import re
import secrets
import time
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs

ROOT = Path(__file__).resolve().parent.parent
TOKEN_COOKIE = "__Host-token"
# No form of this site is longer.
LONGEST_BODY = 64 * 1024


@dataclass
class Request:
    environ: dict
    started: float = field(default_factory=time.perf_counter)

    @property
    def path(self) -> str:
        return self.environ.get("PATH_INFO", "/")

    @property
    def method(self) -> str:
        return self.environ["REQUEST_METHOD"]

    @property
    def release(self) -> str:
        """The release that serves: its folder's name."""
        return ROOT.name

    def elapsed(self) -> float:
        """Milliseconds since the application was given the request."""
        return (time.perf_counter() - self.started) * 1000

    def has_query(self, name: str) -> bool:
        return name in parse_qs(self.environ.get("QUERY_STRING", ""), keep_blank_values=True)

    def form(self) -> dict[str, str]:
        length = min(int(self.environ.get("CONTENT_LENGTH") or 0), LONGEST_BODY)
        body = self.environ["wsgi.input"].read(length).decode("utf-8", "replace")
        fields = parse_qs(body, keep_blank_values=True, errors="replace")
        return {name: values[0].replace("\r\n", "\n").strip() for name, values in fields.items()}

    def token(self) -> str | None:
        """
        The visitor's token: the same random text in a cookie and in the form tells a form of this site from one of another. No other
        site can read or set a cookie whose name begins with __Host-.
        """
        try:
            morsel = SimpleCookie(self.environ.get("HTTP_COOKIE", "")).get(TOKEN_COOKIE)
        except CookieError:
            return None
        return morsel.value if morsel is not None and re.fullmatch("[0-9a-f]{32}", morsel.value) else None

    def token_matches(self, sent: str) -> bool:
        expected = self.token()
        return expected is not None and hmac.compare_digest(expected.encode(), sent.encode())

    def stations(self, latest, queried: float) -> list[dict]:
        """The stations between a visitor and the answer; `queried` is the milliseconds that the database took."""
        get = self.environ.get
        tls = f"{get('HTTP_X_TLS_PROTOCOL', '')} {get('HTTP_X_TLS_GROUP', '')}".strip()
        received = get("HTTP_X_SITE_RECEIVED")
        colour = os.environ.get("SITE_COLOUR", "one colour")
        product = "MariaDB" if "mariadb" in latest.version.lower() else "MySQL"
        return [
            _station("Name", get("HTTP_HOST", ""), "asked of the domain name system", measure="name"),
            _station(
                "Address", get("HTTP_X_SITE_ADDRESS", ""), f"connected from {get('HTTP_X_FORWARDED_FOR', '')}", measure="connect"
            ),
            _station(
                "Web server",
                get("HTTP_X_SITE_SERVER", ""),
                ", ".join(filter(None, [get("HTTP_X_SITE_PROTOCOL", ""), tls])),
                # nginx counts from the first byte of the request to handing it on.
                milliseconds=float(received) * 1000 if received else None,
            ),
            _station(
                "App server",
                f"Python {platform.python_version()}",
                f"{colour}, process {os.getpid()}, release {self.release[:8]}",
                milliseconds=self.elapsed() - queried,
            ),
            _station(
                "Database",
                f"{product} {latest.version.split('-')[0]}",
                f"{latest.total} entries, connection {latest.connection}",
                milliseconds=queried,
            ),
            _station("Response", time.strftime("%H:%M:%S UTC", time.gmtime()), "back the same way", measure="response"),
        ]


def new_token() -> str:
    return secrets.token_hex(16)


def _station(name, fact, detail, milliseconds=None, measure=None) -> dict:
    return {"name": name, "fact": fact, "detail": detail, "milliseconds": milliseconds, "measure": measure}
