"""The addresses of the pages."""

from django.urls import re_path

from matricula.lms.pages.signing_in import SignIn, SignOut

urlpatterns = [
    re_path(r"^login/?$", SignIn.as_view(), name="sign-in"),
    re_path(r"^logout/?$", SignOut.as_view(), name="sign-out"),
]
