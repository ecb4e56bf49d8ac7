"""The addresses of the LMS."""

from django.urls import include, path

from matricula.lms.pages.urls import urlpatterns as pages
from matricula.lms.rest.urls import urlpatterns as rest

urlpatterns = [
    path("", include(rest)),
    path("", include(pages)),
    path("accounts/", include("allauth.urls")),
]

handler400 = "matricula.lms.rest.problems.answer_bad_request"
handler403 = "matricula.lms.rest.problems.answer_forbidden"
handler404 = "matricula.lms.rest.problems.answer_unknown_address"
handler500 = "matricula.lms.rest.problems.answer_malfunction"
