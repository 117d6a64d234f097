#!/bin/sh
# Run once in each release, before it goes live.
set -e
python manage.py migrate --no-input --verbosity 0
python manage.py collectstatic --no-input --verbosity 0
# The first release alone makes the user; later ones find it there.
DJANGO_SUPERUSER_PASSWORD=$ADMIN_PASSWORD python manage.py createsuperuser --no-input --username "$ADMIN_NAME" --email "$ADMIN_EMAIL" || true
