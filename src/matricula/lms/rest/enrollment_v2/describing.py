"""Describing operations in OpenAPI, from the structs that they really take and answer."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)

from matricula.lms.rest.authenticating import (
    BearerAuthentication,
    BrowserSessionAuthentication,
)
from matricula.service.describing import Schema, list_parameters, name_operation

Method = TypeVar("Method", bound=Callable[..., Any])

JSON = "application/json"
PROBLEM = "application/problem+json"
WRITES = {"post", "put", "patch", "delete"}


class Problem(msgspec.Struct, frozen=True):
    """What went wrong, as RFC 9457 has it; programs go by `code`, people by `detail`."""

    type: str
    title: str
    status: int
    code: str
    detail: Any
    request_id: str


REFUSED = {
    400: "The request cannot be right; `detail` says where.",
    401: "Nobody has said who calls.",
    403: "The caller may not do this.",
    404: "There is no such thing, or the caller may not know of it.",
    409: "What is stored stands against it, or a request with this key is still running.",
    411: "A body of unknown length came where its length is needed.",
    413: "The body is too large.",
    415: "The body is of a type or in a character set that is not read here.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many requests; `Retry-After` says when to go on.",
    503: "Something needed is away; `Retry-After` says when to try again.",
}

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]*$"},
    OpenApiParameter.HEADER,
    description="Under one key a request is carried out once; sent again, it is answered alike.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    {"type": "string", "pattern": "^[!-~]*$"},
    OpenApiParameter.HEADER,
    description="The `ETag` of the answer that the caller has.",
)


def describe(
    *,
    answers: Mapping[int, Any],
    takes: Any = None,  # noqa: ANN401  a struct, or a mapping of media types to structs and schemas
    query: type[msgspec.Struct] | None = None,
    refuses: Iterable[int] = (),
    parameters: Iterable[OpenApiParameter] = (),
    example: object = None,
    takes_example: object = None,
) -> Callable[[Method], Method]:
    """Describe a method of a view; its docstring's first line is the summary.

    ``answers`` maps statuses to structs, to mappings of media types to structs or schemas, or to
    None for an empty body; ``example`` is one of the first. What every read or write refuses is
    added; ``refuses`` is the rest.
    """

    def decorate(method: Method) -> Method:
        is_write = method.__name__ in WRITES
        summary, _, more = (inspect.getdoc(method) or "").partition("\n")
        responses = dict(_list_answers(answers, example))
        if not is_write:
            responses[304] = OpenApiResponse(description="The caller has this answer.")
        refused = _list_refused(is_write=is_write, takes=takes is not None, asks=query is not None)
        for status in sorted({*refused, *refuses}):
            told = OpenApiResponse(Problem, description=REFUSED[status])
            responses[status, PROBLEM] = told
        described = extend_schema(
            operation_id=name_operation(method.__qualname__),
            summary=summary.rstrip("."),
            description=more.strip() or summary,
            request=takes,
            responses=responses,
            parameters=[
                *(list_parameters(query) if query else ()),
                *parameters,
                IDEMPOTENCY_KEY if is_write else IF_NONE_MATCH,
            ],
            examples=[OpenApiExample("Example", takes_example, request_only=True)]
            if takes_example is not None
            else [],
        )
        return described(method)

    return decorate


def _list_refused(*, is_write: bool, takes: bool, asks: bool) -> set[int]:
    """Return what every operation refuses that writes, takes a body, or is asked by a query."""
    refused = {401, 403, 429}
    if is_write:
        refused |= {400, 409, 413, 422}
    if takes:
        refused |= {400, 411, 413, 415}
    return refused | {400} if asks else refused


def _list_answers(answers: Mapping[int, Any], example: object) -> Iterable[tuple[Any, Any]]:
    for number, (status, answer) in enumerate(answers.items()):
        examples = [OpenApiExample("Example", example)] if example and number == 0 else []
        by_type = answer if isinstance(answer, Mapping) else {JSON: answer}
        for media_type, shape in by_type.items():
            told = examples if media_type == JSON else []
            said = "It was made." if status == 201 else "As asked for."  # noqa: PLR2004  CREATED
            yield (status, media_type), OpenApiResponse(shape, description=said, examples=told)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as above
    """``Authorization: Bearer``."""

    target_class = BearerAuthentication
    name = "bearer"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        """Say how it is sent."""
        del auto_schema
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as above
    """A session; its writes need ``X-CSRFToken``."""

    target_class = BrowserSessionAuthentication
    name = "session"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        """Say how it is sent."""
        del auto_schema
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
