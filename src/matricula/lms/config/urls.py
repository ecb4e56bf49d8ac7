"""The addresses of the LMS."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from matricula.lms.pages.urls import urlpatterns as pages
from matricula.lms.rest.urls import urlpatterns as rest

# Staff sign in as everybody does, with the same limits, and by their school.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's way

urlpatterns = [
    path("", include(rest)),
    path("", include(pages)),
    path("", include("matricula.lms.sign_on.urls")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
]

handler400 = "matricula.lms.rest.problems.answer_bad_request"
handler403 = "matricula.lms.rest.problems.answer_forbidden"
handler404 = "matricula.lms.rest.problems.answer_unknown_address"
handler500 = "matricula.lms.rest.problems.answer_malfunction"
