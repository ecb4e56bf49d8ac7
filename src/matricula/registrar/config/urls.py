"""The addresses of the Registrar."""

from django.urls import include, path

from matricula.registrar.pages.urls import urlpatterns as pages
from matricula.registrar.rest.urls import urlpatterns as rest

urlpatterns = [path("", include(rest)), path("", include(pages))]

handler400 = "matricula.registrar.rest.problems.answer_bad_request"
handler403 = "matricula.registrar.rest.problems.answer_forbidden"
handler404 = "matricula.registrar.rest.problems.answer_unknown_address"
handler500 = "matricula.registrar.rest.problems.answer_malfunction"
