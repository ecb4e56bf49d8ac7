"""The addresses of the LMS, and three views that tests of the common ground call."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.config import urls
from matricula.lms.identities.api import student_key
from matricula.lms.organizations.api import get_organization
from matricula.lms.preemptive_enrollments.api import Waiting, withdraw_waiting
from matricula.lms.rest.problems import answer_problem
from matricula.lms.rest.viewing import ApiView


class Whoever(ApiView):
    """Says who calls, and gives back what they send."""

    answer_error = answer_problem

    def get(self, request: Request) -> Response:
        del request
        return Response({"username": self.account.username, "by": self.by.name})

    def post(self, request: Request) -> Response:
        return Response({"username": self.account.username, "data": request.data})


class Anybody(ApiView):
    """May be called by anybody."""

    is_public = True

    def get(self, request: Request) -> Response:
        del request
        return Response({})


class Withdrawing(ApiView):
    """Writes something under the request's id."""

    def post(self, request: Request, key: str) -> Response:
        del request
        school = get_organization(key="RiverU").pk
        which = Waiting(organization_id=school, names=(student_key(key, organization_id=school),))
        withdraw_waiting(which=which, by=self.by, at=self.at, reason="test")
        return Response({})


class Broken(ApiView):
    """Has a mistake in it that only some data show."""

    def get(self, request: Request, key: str) -> Response:
        del request
        raise LookupError(f"No such thing as {key}")


def break_(request: HttpRequest, key: str) -> HttpResponse:
    raise LookupError(f"No such thing as {key}")


urlpatterns = [
    *urls.urlpatterns,
    path("whoever", Whoever.as_view()),
    path("anybody", Anybody.as_view()),
    path("withdraw/<str:key>", Withdrawing.as_view()),
    path("broken/<str:key>", Broken.as_view()),
    path("broken-page/<str:key>", break_),
]
handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500
