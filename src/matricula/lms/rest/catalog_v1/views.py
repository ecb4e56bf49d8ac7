"""The catalog, for services that know course-discovery. Whoever has an account may read it."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.catalog.api import get_program_record, list_program_records
from matricula.lms.kernel.api import UNSTORABLE
from matricula.lms.organizations.api import list_organization_records
from matricula.lms.rest.catalog_v1.paging import make_page, read_window
from matricula.lms.rest.viewing import ApiView

KEPT_BY_ITS_CALLER = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}


@extend_schema(exclude=True)
class Program(ApiView):
    """One program with all that is in it."""

    def get(self, request: Request, uuid: str) -> Response:
        """Answer with it."""
        del request
        return Response(get_program_record(uuid=_read_uuid(uuid)), headers=KEPT_BY_ITS_CALLER)


@extend_schema(exclude=True)
class Programs(ApiView):
    """The programs of some ``types`` and ``status``; several with commas, or said repeatedly."""

    def get(self, request: Request) -> Response:
        """Answer with a page of them, each with all that is in it."""
        window = read_window(request)
        found = list_program_records(
            types=_list_said(request, "types"),
            statuses=_list_said(request, "status"),
            uuids=_list_uuids(request),
            offset=window.offset,
            limit=window.limit,
        )
        page = make_page(request, window, count=found.count, results=found.programs)
        return Response(page, headers=KEPT_BY_ITS_CALLER)


@extend_schema(exclude=True)
class Organizations(ApiView):
    """The organizations."""

    def get(self, request: Request) -> Response:
        """Answer with a page of them."""
        window = read_window(request)
        found = list_organization_records(offset=window.offset, limit=window.limit)
        page = make_page(request, window, count=found.count, results=found.organizations)
        return Response(page, headers=KEPT_BY_ITS_CALLER)


def _list_said(request: Request, name: str) -> list[str] | None:
    """Return the values of a filter; None if it is not said, or empty.

    Of those that no text in the database can be, nothing is left to look for.
    """
    values = ",".join(request.query_params.getlist(name)).split(",")
    said = [value.strip() for value in values if value.strip()]
    return [value for value in said if not UNSTORABLE.search(value)] if said else None


def _list_uuids(request: Request) -> list[UUID] | None:
    """Return the wanted uuids; what is no uuid is that of no program."""
    said = _list_said(request, "uuids")
    return None if said is None else [uuid for text in said if (uuid := _find_uuid(text))]


def _read_uuid(text: str) -> UUID:
    if (uuid := _find_uuid(text)) is None:
        raise Http404
    return uuid


def _find_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
