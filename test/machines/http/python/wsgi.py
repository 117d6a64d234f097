"""Says how the request arrived."""

import json


def application(environ, start_response):
    headers = [("Content-Type", "application/json")]
    if environ["PATH_INFO"] == "/own-headers":
        headers += [
            ("Cross-Origin-Opener-Policy", "same-origin-allow-popups"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"),
            ("Strict-Transport-Security", "max-age=60"),
        ]
    start_response("200 OK", headers if "own" in environ["PATH_INFO"] else [("Content-Type", "text/html")])
    said = {
        "requestUri": environ["RAW_URI"],
        "pathInfo": environ["PATH_INFO"].encode("latin-1").decode(),
        "query": environ["QUERY_STRING"],
    }
    return [json.dumps(said).encode()]
