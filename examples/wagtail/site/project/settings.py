import os
from pathlib import Path

folder = Path(__file__).resolve().parent.parent
site = os.environ["SITE_URL"]
SECRET_KEY = os.environ["SITE_SECRET"]
ALLOWED_HOSTS = [site.removeprefix("https://")]
CSRF_TRUSTED_ORIGINS = [site]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
INSTALLED_APPS = [
    "home",
    "wagtail.contrib.forms", "wagtail.contrib.redirects", "wagtail.embeds", "wagtail.sites", "wagtail.users", "wagtail.snippets",
    "wagtail.documents", "wagtail.images", "wagtail.search", "wagtail.admin", "wagtail", "modelcluster", "taggit", "django_filters",
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "project.urls"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.mysql",
    "NAME": os.environ["DATABASE_NAME"],
    "USER": os.environ["DATABASE_USER"],
    "PASSWORD": os.environ["DATABASE_PASSWORD"],
    "OPTIONS": {"unix_socket": os.environ["DATABASE_SOCKET"]},
}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = folder / "public/static"
MEDIA_URL = "/media/"
MEDIA_ROOT = folder / "public/media"
LOGGING = {"version": 1, "disable_existing_loggers": False, "handlers": {"all": {"class": "logging.StreamHandler"}}, "root": {"handlers": ["all"], "level": "WARNING"}}
WAGTAIL_SITE_NAME = os.environ.get("SITE_TITLE", "A new site")
WAGTAILADMIN_BASE_URL = site
