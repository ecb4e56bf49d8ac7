"""The addresses of the catalog, with and without a slash; neither is a redirect to the other."""

from django.urls import re_path
from django.views.decorators.http import conditional_page

from matricula.lms.rest.catalog_v1 import views

urlpatterns = [
    re_path(r"^programs/?$", conditional_page(views.Programs.as_view())),
    re_path(r"^programs/(?P<uuid>[^/]+)/?$", conditional_page(views.Program.as_view())),
    re_path(r"^organizations/?$", conditional_page(views.Organizations.as_view())),
]
