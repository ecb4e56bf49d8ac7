"""The addresses of tokens. Clients write them with and without a slash at the end."""

from django.urls import re_path

from matricula.lms.rest.tokens import views

urlpatterns = [
    re_path(r"^oauth2/access_token/?$", views.AccessToken.as_view()),
    re_path(r"^oauth2/jwks/?$", views.KeySet.as_view()),
    re_path(r"^login_refresh/?$", views.LoginRefresh.as_view()),
    re_path(r"^csrf/api/v1/token/?$", views.CsrfToken.as_view()),
]
