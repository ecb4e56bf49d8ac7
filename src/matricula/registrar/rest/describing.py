"""Describing the Registrar's operations in OpenAPI, from the structs that they really answer."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter, OpenApiResponse, extend_schema

from matricula.registrar.rest.authenticating import BrowserSessionAuthentication
from matricula.service.describing import REFERENCE, Schema, name_operation

Method = TypeVar("Method", bound=Callable[..., Any])

JSON, PROBLEM = "application/json", "application/problem+json"
WRITES = {"post", "patch"}
FIRST_VERSION = "/api/v2/"

PATHS = {
    "key": "The key of a program.",
    "course": "What the LMS, or the school, calls a course run of the program.",
    "job_id": "The id of a job.",
}
ALWAYS = {401, 403, 429, 503}
OF_A_BODY = {400, 411, 413, 415}
DONE = {
    200: "As asked for.",
    202: "It is being done; the job tells how it stands.",
    207: "Some rows were written.",
    422: "No row was written; each has its word.",
}
REFUSED = {
    400: "The request cannot be right; the words say where.",
    401: "Nobody has said who calls.",
    403: "The caller may not do this.",
    404: "There is no such thing.",
    409: "Something that goes on, or has ended, stands against it.",
    411: "A body of unknown length came where its length is needed.",
    413: "The body, or the file, is too large; or it has too many rows.",
    415: "The body is of a type or in a character set that is not read here.",
    429: "Too many requests; `Retry-After` says when to go on.",
    502: "The LMS answers with a malfunction, or refuses the Registrar.",
    503: "Something needed is away; `Retry-After` says when to try again.",
    504: "The LMS cannot be reached.",
}
SENTENCE = {"type": "string"}
SENTENCES = {"type": "array", "items": SENTENCE}


class Problem(msgspec.Struct, frozen=True):
    """What went wrong; programs go by `code`, people by `detail`."""

    detail: Any
    code: str


class UnknownAddress(msgspec.Struct, frozen=True):
    """That nothing is at an address at all, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of structs, as an answer."""

    shape: type[msgspec.Struct]


def or_problem(schema: Schema) -> Schema:
    """Return a schema of what is told in this way or as a problem."""
    return {"anyOf": [schema, {"$ref": REFERENCE.format(name=Problem.__name__)}]}


OF_WRITES = {400: or_problem(SENTENCES), 409: or_problem(SENTENCE)}
"""What edX's Registrar says of writes in its own way (contract 2.2 and 2.4)."""


def describe(
    *,
    answers: Mapping[int, Any],
    takes: Schema | None = None,
    refuses: Iterable[int] = (),
    told: Mapping[int, Schema] | None = None,
    parameters: Iterable[OpenApiParameter] = (),
) -> Callable[[Method], Method]:
    """Describe a method of a view; its docstring's first line is the summary.

    ``answers`` maps statuses to structs, lists of them or schemas; ``refuses`` are statuses beyond
    those that every operation may answer, and ``told`` those that are not told as problems.
    """

    def decorate(method: Method) -> Method:
        summary, _, more = (inspect.getdoc(method) or "").partition("\n")
        refused = {*ALWAYS, *refuses, *(OF_A_BODY if takes else ())}
        described = extend_schema(
            summary=summary.rstrip("."),
            description=more.strip() or summary,
            request=takes,
            responses={
                **{
                    (status, JSON): OpenApiResponse(shape, description=DONE[status])
                    for status, shape in answers.items()
                },
                **dict(_list_refused(refused, told or {})),
            },
            parameters=list(parameters),
        )
        return described(method)

    return decorate


def _list_refused(
    statuses: set[int], told: Mapping[int, Schema]
) -> Iterable[tuple[tuple[int, str], OpenApiResponse]]:
    for status in sorted(statuses):
        said = REFUSED[status]
        yield (status, JSON), OpenApiResponse(told.get(status, Problem), description=said)
        if status == 404:  # noqa: PLR2004  also of an address that cannot be one
            yield (status, PROBLEM), OpenApiResponse(UnknownAddress, description=said)


class DescribedSchema(AutoSchema):
    """Names operations by their views, and says what the variables of addresses are."""

    def get_operation_id(self) -> str:
        """Return ``get_programs``, and ``get_jobs_v3`` for what an earlier version has too."""
        name = name_operation(f"{type(self.view).__name__}.{self.method.lower()}")
        if self.path.startswith(FIRST_VERSION):
            return name
        return f"{name}_{self.path.split('/')[2]}"

    def get_override_parameters(self) -> list[Any]:
        """Return the variables of the address."""
        return [
            OpenApiParameter(name, str, OpenApiParameter.PATH, description=PATHS[name])
            for name in re.findall(r"{(\w+)}", self.path)
        ]


class ListSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # the library's base
    """How drf-spectacular learns of a list of structs."""

    target_class = ListOf

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        """Return the name of its component."""
        del auto_schema, direction
        return f"{self.target.shape.__name__}List"

    def get_identity(self, auto_schema: AutoSchema, direction: Direction) -> str:
        """Return what makes it the same component."""
        return self.get_name(auto_schema, direction)

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        """Return its schema; the struct becomes a component of its own."""
        component = auto_schema.resolve_serializer(self.target.shape, direction)
        return {"type": "array", "items": component.ref}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as above
    """A session; its writes need ``X-CSRFToken``."""

    target_class = BrowserSessionAuthentication
    name = "session"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        """Say how it is sent."""
        del auto_schema
        return {"type": "apiKey", "in": "cookie", "name": "registrar_sessionid"}
