"""The addresses of sign-on, the same for ever: schools register them."""

from django.urls import path

from matricula.lms.sign_on.saml.answering import describe_us, finish, take_answer
from matricula.lms.sign_on.visiting import come_back, go_out

urlpatterns = [
    path("sign-on/<slug:slug>/", go_out, name="sign_on"),
    path("sign-on/<slug:slug>/callback/", come_back, name="sign_on_callback"),
    path("sign-on/<slug:slug>/acs/", take_answer, name="sign_on_acs"),
    path("sign-on/<slug:slug>/acs/finish/", finish, name="sign_on_finish"),
    path("sign-on/<slug:slug>/metadata/", describe_us, name="sign_on_metadata"),
]
