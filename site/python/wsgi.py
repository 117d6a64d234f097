"""Every request that is no file comes here: application(environ, start_response), PEP 3333."""

from guestbook.application import application

__all__ = ["application"]
