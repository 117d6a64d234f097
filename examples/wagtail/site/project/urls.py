from django.db import connection
from django.http import HttpResponse
from django.urls import include, path
from wagtail import urls as pages
from wagtail.admin import urls as admin


def healthz(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok")


urlpatterns = [path("healthz", healthz), path("admin/", include(admin)), path("", include(pages))]
