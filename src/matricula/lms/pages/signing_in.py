"""Signing in and out, and what is said to forms that are not ours."""

from allauth.account import views as theirs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from matricula.lms.pages.authorizing import LeadingOn


class SignIn(LeadingOn, theirs.LoginView):
    """Asks for username or address and the password, and goes where ``next`` says.

    That is an address of this host or of one of the front ends, and nowhere else.
    """


class SignOut(theirs.LogoutView):
    """Ends the session. A link only asks: it may be anybody's."""


def show_home(request: HttpRequest) -> HttpResponse:
    """Say what this is, and where to begin; whoever is signed in has begun."""
    if request.user.is_authenticated:
        return redirect("dashboard")
    return render(request, "pages/home.html")


def answer_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that cannot prove to be one of our own."""
    del reason
    return render(request, "pages/forgery.html", status=403)
