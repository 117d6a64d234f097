# Gunicorn's settings for the colour {{COLOUR}}: https://docs.gunicorn.org/en/stable/settings.html
# What is read from the environment comes with the release (release/contract.sh).
import grp
import importlib.util
import os

socket = "/run/site-{{COLOUR}}/app.sock"
bind = f"unix:{socket}"
backlog = {{BACKLOG}}
umask = 0o007

# The release's real path: what the link points at later is another process's business.
chdir = os.path.realpath("/srv/www/colours/{{COLOUR}}")

# Processes by cores and memory; threads carry the requests that wait.
workers = {{GUNICORN_WORKERS}}
threads = {{GUNICORN_THREADS}}
worker_class = "gthread"
if os.environ["SITE_INTERFACE"] == "asgi":
    worker_class = "asgi"
    # Where the wrapper around the site's application lies (asgi.py).
    pythonpath = "/usr/local/lib/one-server-web/python"
    if importlib.util.find_spec("gunicorn.workers.gasgi") is None:
        # A Gunicorn from before it spoke ASGI itself.
        worker_class = "uvicorn.workers.UvicornWorker"

# A WSGI application is read once, before the processes part, which shares its memory.
preload_app = os.environ["SITE_INTERFACE"] == "wsgi"

# A worker's sign of life is a file: on memory, so that a busy disk is not taken for a hung worker.
worker_tmp_dir = "/dev/shm"
timeout = int(os.environ["SITE_REQUEST_TIMEOUT"])
# What requests in flight are given at the end; the unit's TimeoutStopSec is above it.
graceful_timeout = timeout
keepalive = 2

# A process that leaks is replaced long before it matters, not all at the same time.
max_requests = 5000
max_requests_jitter = 500

# Only nginx can reach the socket, so what it says of the client holds.
forwarded_allow_ips = "*"
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}

# Nobody but systemd steers it.
control_socket_disable = True

accesslog = None
errorlog = "-"


def when_ready(server):
    """Gives the socket to the web server's group."""
    os.chown(socket, -1, grp.getgrnam("www-data").gr_gid)
