"""Accounts, for front ends that want to greet a person and for support."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.learners.api import list_profiles, list_profiles_of_address
from matricula.lms.rest.accounts_v1.shapes import shape_account
from matricula.lms.rest.viewing import ApiView

MOST_USERNAMES = 100
"""Usernames that one request may ask for; further ones are not looked up."""


@extend_schema(exclude=True)
class Account(ApiView):
    """One account."""

    def get(self, request: Request, username: str) -> Response:
        """Answer with it, to itself and to who may read about it."""
        del request
        for profile in list_profiles(usernames=[username], by=self.by):
            return Response(shape_account(profile))
        raise Http404


@extend_schema(exclude=True)
class Accounts(ApiView):
    """The accounts that ``username`` (several, with commas) or ``email`` names."""

    def get(self, request: Request) -> Response:
        """Answer with those that the caller may see; asked for nobody, with nobody."""
        usernames = [each for each in request.query_params.get("username", "").split(",") if each]
        address = request.query_params.get("email", "")
        if usernames:
            found = list_profiles(usernames=usernames[:MOST_USERNAMES], by=self.by)
        else:
            found = list_profiles_of_address(address=address, by=self.by)
        if not found and (usernames or address.strip()):
            raise Http404
        return Response([shape_account(profile) for profile in found])


@extend_schema(exclude=True)
class Me(ApiView):
    """Whoever calls."""

    def get(self, request: Request) -> Response:
        """Answer with the username."""
        del request
        return Response({"username": self.account.username})
