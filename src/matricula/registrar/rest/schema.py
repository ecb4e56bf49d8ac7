"""The OpenAPI document: made from the views, and served."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from matricula.registrar.rest.viewing import ApiView

YAML, AS_JSON = "application/yaml", "application/json"
DOCUMENTED = ("/api/v2/", "/api/v3/")
"""Version 1 is the same as version 2."""

Endpoint = tuple[str, str, str, Any]


def keep_documented(endpoints: list[Endpoint], **_: object) -> list[Endpoint]:
    """Leave out what is said already."""
    return [each for each in endpoints if each[0].startswith(DOCUMENTED)]


@cache
def write_document(media_type: str) -> bytes:
    """Return the document as JSON or YAML."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # the library's
    renderer = OpenApiJsonRenderer() if media_type == AS_JSON else OpenApiYamlRenderer()
    return bytes(renderer.render(document, renderer_context={}))


@extend_schema(exclude=True)
class SchemaView(ApiView):
    """The document, for everybody."""

    is_public = True
    authentication_classes = ()

    def get(self, request: Request) -> HttpResponse:
        """Return YAML, or JSON if that is asked for."""
        asked = request.query_params.get("format") or request.META.get("HTTP_ACCEPT", "")
        is_json = "json" in asked.lower() or asked == "openapi"
        media_type = AS_JSON if is_json else YAML
        return HttpResponse(write_document(media_type), content_type=media_type)
