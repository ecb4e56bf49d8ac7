"""The addresses of the pages."""

from django.urls import URLPattern, path, re_path

from matricula.lms.pages.signing_in import Home, SignIn, SignOut

urlpatterns: list[URLPattern] = [
    path("", Home.as_view(), name="home"),
    re_path(r"^login/?$", SignIn.as_view(), name="sign-in"),
    re_path(r"^logout/?$", SignOut.as_view(), name="sign-out"),
]
