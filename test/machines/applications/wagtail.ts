import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a person writes for a site with Wagtail: packages, settings, addresses, one kind of page. The rest is Wagtail as PyPI has it. */
const files: Readonly<Record<string, string>> = {
  "requirements.txt": "wagtail==8.0.1\nDjango==6.1.3\ngunicorn==27.0.1\nPyMySQL==1.2.4\n",

  "manage.py": `import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
execute_from_command_line(sys.argv)
`,

  "project/__init__.py": `import pymysql

# The driver under the name and version by which Django knows MySQL's.
pymysql.version_info = (2, 2, 7, "final", 0)
pymysql.install_as_MySQLdb()
`,

  "project/asgi.py": `import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
application = get_asgi_application()
`,

  "project/settings.py": `import os
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
WAGTAIL_SITE_NAME = "Under test"
WAGTAILADMIN_BASE_URL = site
`,

  "project/urls.py": `from django.db import connection
from django.http import HttpResponse
from django.urls import include, path
from wagtail import urls as pages
from wagtail.admin import urls as admin


def healthz(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok")


urlpatterns = [path("healthz", healthz), path("admin/", include(admin)), path("", include(pages))]
`,

  "home/__init__.py": "",

  "home/models.py": `from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.images import get_image_model_string
from wagtail.models import Page


class Article(Page):
    text = models.TextField()
    picture = models.ForeignKey(get_image_model_string(), null=True, on_delete=models.SET_NULL, related_name="+")
    content_panels = [*Page.content_panels, FieldPanel("text"), FieldPanel("picture")]
`,

  "home/templates/home/article.html": `<!doctype html><title>{{ page.title }}</title><p>{{ page.text }}</p><img src="{{ page.picture.file.url }}">
`,

  // Wagtail's own first page is of no kind and asks for this.
  "home/templates/wagtailcore/page.html": "<!doctype html><title>{{ page.title }}</title>\n",

  // What "manage.py makemigrations home" writes.
  "home/migrations/__init__.py": "",
  "home/migrations/0001_initial.py": `import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("wagtailcore", "0001_initial"), ("wagtailimages", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Article",
            fields=[
                ("page_ptr", models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to="wagtailcore.page")),
                ("text", models.TextField()),
                ("picture", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="wagtailimages.image")),
            ],
            bases=("wagtailcore.page",),
        ),
    ]
`,

  "migrate.sh": `set -e
python manage.py migrate --no-input --verbosity 0
python manage.py collectstatic --no-input --verbosity 0
# The first time alone: it says so when the user is there.
DJANGO_SUPERUSER_PASSWORD=$ADMIN_PASSWORD python manage.py createsuperuser --no-input --username ann --email ann@example.com || true
`,
};

/** Makes a site with Wagtail in a folder. */
export function makeWagtail(folder: string): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
