"""The addresses of accounts. Clients write them without a slash at the end; one is no harm."""

from django.urls import re_path

from matricula.lms.rest.accounts_v1 import views

urlpatterns = [
    re_path(r"^me/?$", views.Me.as_view()),
    re_path(r"^accounts/?$", views.Accounts.as_view()),
    re_path(r"^accounts/(?P<username>[^/]+)/?$", views.Account.as_view()),
]
