"""The addresses of pages."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path, re_path

from matricula.registrar.pages.home import show_home
from matricula.registrar.pages.signing_in import complete_sign_in, sign_in, sign_out

urlpatterns: list[URLPattern | URLResolver] = [
    path("", show_home, name="home"),
    re_path(r"^login/?$", sign_in, name="sign_in"),
    path("login/complete", complete_sign_in, name="complete_sign_in"),
    re_path(r"^logout/?$", sign_out, name="sign_out"),
    path("admin/", admin.site.urls),
]
