"""One function a page: it asks, decides and answers."""

import json
import platform
import sys
import time
from http import HTTPStatus

import pymysql

from . import database, entries, html
from .request import TOKEN_COOKIE, Request, new_token

# Only this site's own files; nothing inline, nothing from elsewhere.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def application(environ, start_response):
    """What Gunicorn calls."""
    request = Request(environ)
    try:
        status, headers, body = route(request)
    except pymysql.MySQLError as error:
        # The message goes to the log; a visitor is told no more than what matters to them.
        print("database:", error, file=sys.stderr)
        status, headers, body = problem(
            request,
            503,
            "The database is resting",
            "What you see here is kept in a database that does not answer just now. Please try again in a moment.",
        )
    content = body.encode()
    start_response(f"{status} {HTTPStatus(status).phrase}", [*headers, ("Content-Length", str(len(content)))])
    return [b"" if request.method == "HEAD" else content]


def route(request: Request):
    page = PAGES.get(request.path)
    if page is None:
        return problem(request, 404, "There is nothing here", "The address may have been mistyped, or the page has moved.")
    # A browser's HEAD is a GET whose body nobody reads.
    action = page.get("GET" if request.method == "HEAD" else request.method)
    if action is None:
        status, headers, body = problem(request, 405, "Not this way", f"This page does not take {request.method}.")
        return status, [*headers, ("Allow", ", ".join(page))], body
    return action(request)


def home(request: Request):
    started = time.perf_counter()
    latest = entries.latest(database.connection(), 3)
    queried = (time.perf_counter() - started) * 1000
    timing = f"app;dur={request.elapsed() - queried:.2f}, database;dur={queried:.2f}"
    body = html.home(request, request.stations(latest, queried), latest)
    return page(request, "One server, end to end", body, [("Server-Timing", timing)])


def guestbook(request: Request, values=None, errors=None, status=200):
    latest = entries.latest(database.connection(), 50)
    token = request.token()
    headers = [("Cache-Control", "no-store")]
    if token is None:
        token = new_token()
        headers.append(("Set-Cookie", f"{TOKEN_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict"))
    thanks = request.has_query("thanks") and not errors
    body = html.book(latest, token, values or {"author": "", "message": ""}, errors or {}, thanks)
    return page(request, "Guestbook", body, headers, status)


def sign(request: Request):
    form = request.form()
    values = {name: form.get(name, "") for name in ("author", "message")}
    if not request.token_matches(form.get("token", "")):
        return guestbook(request, values, {"token": "This form had grown old. Please send it once more."}, 403)
    errors = entries.check(**values)
    if errors:
        return guestbook(request, values, errors, 422)
    entries.add(database.connection(), **values)
    # The browser asks for the page anew, so that a reload doesn't sign twice.
    return 303, [("Location", "/guestbook?thanks"), ("Content-Type", "text/plain")], ""


def health(request: Request):
    """For load balancers and deployments: 200 when a page with data could be served."""
    answer = {"status": "ok", "release": request.release, "runtime": f"Python {platform.python_version()}"}
    status = 200
    try:
        with database.connection().cursor() as cursor:
            # The table as well: a database that was not migrated can't serve.
            cursor.execute("SELECT VERSION(), EXISTS (SELECT 1 FROM entries)")
            answer["database"] = cursor.fetchone()[0]
    except pymysql.MySQLError as error:
        print("health:", error, file=sys.stderr)
        status, answer["status"] = 503, "the database does not answer"
    answer["milliseconds"] = round(request.elapsed(), 2)
    return status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")], json.dumps(answer) + "\n"


def problem(request: Request, status: int, title: str, explanation: str):
    return page(request, title, html.problem(title, explanation), [("Cache-Control", "no-store")], status)


def page(request: Request, title: str, body: str, headers: list, status: int = 200):
    kind = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", POLICY)]
    return status, kind + headers, html.layout(request, title, body)


PAGES = {
    "/": {"GET": home},
    "/guestbook": {"GET": guestbook, "POST": sign},
    "/healthz": {"GET": health},
}
