"""The OpenAPI document: made from the views, served, kept in ``docs/api/registrar.openapi.yaml``.

People in a browser are shown it as a page.
"""

from functools import cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from matricula.registrar.rest.presenting import present_document
from matricula.registrar.rest.viewing import ApiView

YAML, AS_JSON, PAGE = "application/yaml", "application/json", "text/html"
NAMED = {"openapi": AS_JSON, "json": AS_JSON, "yaml": YAML, "html": PAGE}
DOCUMENTED = ("/api/v2/", "/api/v3/")
"""Version 1 is the same as version 2."""

Endpoint = tuple[str, str, str, Any]


def keep_documented(endpoints: list[Endpoint], **_: object) -> list[Endpoint]:
    """Leave out what is said already."""
    return [each for each in endpoints if each[0].startswith(DOCUMENTED)]


@cache
def make_document() -> dict[str, Any]:
    """Return the document."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # the library's
    return document


@cache
def write_document(media_type: str) -> bytes:
    """Return the document as JSON or YAML."""
    renderer = OpenApiJsonRenderer() if media_type == AS_JSON else OpenApiYamlRenderer()
    return bytes(renderer.render(make_document(), renderer_context={}))


@extend_schema(exclude=True)
class SchemaView(ApiView):
    """The document, for everybody."""

    is_public = True
    authentication_classes = ()
    throttle_classes = ()

    def get(self, request: Request) -> HttpResponse:
        """Return YAML, or JSON or a page if that is asked for."""
        media_type = choose_type(request)
        if media_type == PAGE:
            shown = {"document": present_document(make_document())}
            return render(request._request, "registrar/api.html", shown)  # noqa: SLF001  Django's own
        return HttpResponse(write_document(media_type), content_type=media_type)


def choose_type(request: Request) -> str:
    """Return what is asked for by name, or else accepted; programs that take all read YAML."""
    named = NAMED.get(request.query_params.get("format", ""))
    accepted = request.META.get("HTTP_ACCEPT", "")
    likely = [each for each in (PAGE, AS_JSON) if each in accepted]
    return named or (likely[0] if likely else YAML)
