"""The addresses at which the support tool asks for verified names."""

from django.urls import re_path

from matricula.lms.rest.support import views

urlpatterns = [re_path(r"^verified_name/history/?$", views.VerifiedNames.as_view())]
