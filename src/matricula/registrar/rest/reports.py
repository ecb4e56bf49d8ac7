"""Reports: listed for a program, and had by their links."""

import re
from datetime import date
from posixpath import basename

import msgspec
from django.http import FileResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.registrar.partners.api import Permission
from matricula.registrar.reports.api import Report, link_to_report, list_reports, open_report
from matricula.registrar.rest.describing import ListOf, describe
from matricula.registrar.rest.files import answer_file
from matricula.registrar.rest.viewing import ApiView, ProgramView

SINCE = "min_created_date"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadDate(APIException):
    """What should be a day is none."""

    status_code = 400
    default_code = "invalid-date"
    default_detail = f"{SINCE} must be a day, such as 2031-03-01."


class ReportShape(msgspec.Struct, frozen=True):
    """A report, and a link to it that any browser opens for a while."""

    name: str
    created_date: date
    download_url: str


class Reports(ProgramView):
    """A program's reports."""

    @describe(
        parameters=[OpenApiParameter(SINCE, date, description="Those of that day or later.")],
        answers={200: ListOf(ReportShape)},
        refuses=[400, 404],
    )
    def get(self, request: Request, key: str) -> Response:
        """List a program's reports, by date."""
        program = self.permit(key, Permission.READ_REPORTS).program
        since = read_date(request.query_params.get(SINCE))
        reports = list_reports(program=program, by=self.by, since=since)
        return Response([shape_report(each) for each in reports])


@extend_schema(exclude=True)
class ReportFile(ApiView):
    """A report. The link is the permission."""

    is_public = True
    authentication_classes = ()

    def get(self, request: Request, name: str) -> FileResponse:
        """Give a report, to be saved."""
        content = open_report(path=name, signature=request.query_params.get("signature", ""))
        return answer_file(content, name=basename(name))


def shape_report(report: Report) -> ReportShape:
    """Return a report as it is told."""
    return ReportShape(report.name, report.created_date, link_to_report(report=report))


def read_date(text: str | None) -> date | None:
    """Return the day that is asked for; blank is none.

    Raises:
        BadDate: it is none.
    """
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadDate
