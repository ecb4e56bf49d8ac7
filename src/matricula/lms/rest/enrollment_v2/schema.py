"""The OpenAPI document: made from the views, served, and kept in ``docs/api/lms.openapi.yaml``."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

OURS = "/api/enrollment/v2/"
YAML, AS_JSON = "application/yaml", "application/json"

Endpoint = tuple[str, str, str, Any]

TOKEN_PATH = "/oauth2/access_token"  # noqa: S105  an address
TOKEN_OPERATION = {
    "operationId": "make_token",
    "summary": "Make a token for a client",
    "description": "RFC 6749, client credentials. A trailing slash makes no difference.",
    "tags": ["tokens"],
    "security": [],
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_id", "client_secret"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string", "format": "password"},
                        "token_type": {"type": "string", "enum": ["jwt", "bearer"]},
                    },
                }
            }
        },
    },
    "responses": {
        "200": {
            "description": "A token.",
            "content": {
                AS_JSON: {
                    "schema": {
                        "type": "object",
                        "required": ["access_token", "expires_in", "token_type", "scope"],
                        "properties": {
                            "access_token": {"type": "string"},
                            "expires_in": {"type": "integer", "description": "Seconds."},
                            "token_type": {"type": "string", "enum": ["JWT", "Bearer"]},
                            "scope": {"type": "string"},
                        },
                    }
                }
            },
        },
        "400": {"description": "The request is no such one, as RFC 6749 has it."},
        "401": {"description": "There is no such client, or the secret is another."},
        "429": {"description": "Too many requests; `Retry-After` says when to go on."},
    },
}


def keep_ours(endpoints: list[Endpoint], **_: object) -> list[Endpoint]:
    """Leave out surfaces whose shape others have fixed, and that they document."""
    return [each for each in endpoints if each[0].startswith(OURS)]


def add_tokens(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Add what a library answers: how to get a token."""
    result["paths"][TOKEN_PATH] = {"post": TOKEN_OPERATION}
    return result


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
class SchemaView(EnrollmentView):
    """The document, for everybody."""

    is_public = True
    authentication_classes = ()
    throttle_classes = ()

    def get(self, request: Request) -> HttpResponse:
        """Return YAML, or JSON if that is asked for."""
        asked = request.query_params.get("format") or request.META.get("HTTP_ACCEPT", "")
        media_type = AS_JSON if "json" in asked.lower() else YAML
        return HttpResponse(write_document(media_type), content_type=media_type)
