"""The site's ASGI application as visitors reach it: over a unix socket the server has no host and port, and its peer is nginx."""
import importlib
import os

module, name = os.environ["SITE_APPLICATION"].split(":")
site = getattr(importlib.import_module(module), name)


async def application(scope, receive, send):
    """Hands each request on with the public address and, as nginx alone reaches the socket, with the client that nginx names."""
    if scope["type"] != "lifespan":
        forwarded = dict(scope["headers"]).get(b"x-forwarded-for", b"").decode("latin-1")
        scope = {**scope, "server": ("{{DOMAIN}}", 443), "client": (forwarded, 0) if forwarded else None}
    await site(scope, receive, send)
