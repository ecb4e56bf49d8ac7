"""Describing in OpenAPI what the services have in common: structs, queries and tokens.

drf-spectacular finds the extensions here by themselves, once this module is imported.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import Direction, OpenApiParameter

from matricula.service.authenticating import CookieTokenAuthentication, HeaderTokenAuthentication

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/{name}"


def name_operation(qualname: str) -> str:
    """Return ``get_program`` for ``ProgramView.get``."""
    view, _, method = qualname.rpartition(".")
    return method + re.sub(r"(?=[A-Z])", "_", view.removesuffix("View")).lower()


def list_parameters(query: type[msgspec.Struct]) -> Iterable[OpenApiParameter]:
    """Yield the parameters of a query that a struct is read from."""
    (_,), components = msgspec.json.schema_components([query], ref_template=REFERENCE)
    described = components[query.__name__]
    for name, schema in described["properties"].items():
        wanted = _without_null(schema)
        yield OpenApiParameter(
            name,
            {key: value for key, value in wanted.items() if key != "description"},
            OpenApiParameter.QUERY,
            required=name in described["required"],
            description=schema.get("description", wanted.get("description", "")),
        )


def _without_null(schema: Schema) -> Schema:
    """Return the schema of a parameter that is there: a query has no null."""
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    if schema.get("default") is not None:
        rest["default"] = schema["default"]
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if not kinds:
        return rest
    return {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, "anyOf": kinds}


class StructSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # the library's base
    """How drf-spectacular learns of a struct: from msgspec, which is what reads and writes it."""

    target_class = msgspec.Struct
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        """Return the name of its component."""
        del auto_schema, direction
        return str(self.target.__name__)

    def get_identity(self, auto_schema: AutoSchema, direction: Direction) -> str:
        """Return what makes it the same component, in a struct or by itself."""
        return self.get_name(auto_schema, direction)

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        """Return its schema; structs in it become components of their own."""
        del direction
        _, components = msgspec.json.schema_components([self.target], ref_template=REFERENCE)
        own: Schema = components.pop(self.target.__name__)
        for name, schema in components.items():
            auto_schema.registry.register_on_missing(
                ResolvedComponent(  # type: ignore[no-untyped-call]  # as above
                    name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema
                )
            )
        return own


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as above
    """``Authorization: JWT``."""

    target_class = HeaderTokenAuthentication
    match_subclasses = True
    name = "jwt"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        """Say how it is sent."""
        del auto_schema
        said = "`JWT <token>`; the token from `/oauth2/access_token` with `token_type=jwt`."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": said}


class CookiesScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as above
    """The two token cookies."""

    target_class = CookieTokenAuthentication
    match_subclasses = True
    name = ("jwtPayloadCookie", "jwtSignatureCookie")  # type: ignore[assignment]  # any sequence will do

    def get_security_definition(self, auto_schema: AutoSchema) -> list[Schema]:
        """Say how they are sent."""
        del auto_schema
        names = ("edx-jwt-cookie-header-payload", "edx-jwt-cookie-signature")
        return [{"type": "apiKey", "in": "cookie", "name": name} for name in names]
