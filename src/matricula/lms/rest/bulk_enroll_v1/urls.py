"""The addresses of this surface."""

from django.urls import re_path

from matricula.lms.rest.bulk_enroll_v1.views import BulkEnroll

urlpatterns = [re_path(r"^bulk_enroll/?$", BulkEnroll.as_view())]
