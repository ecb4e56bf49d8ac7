"""Presenting the OpenAPI document to people: what its page shows, in the document's own words."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

REFERENCE = "$ref"
JSON = "application/json"
GOOD = 300


class Parameter(msgspec.Struct, frozen=True):
    """Something that may be said in an address."""

    name: str
    where: str
    is_required: bool
    description: str


class Answer(msgspec.Struct, frozen=True):
    """What is answered under a status."""

    status: str
    description: str
    shape: str


class Operation(msgspec.Struct, frozen=True):
    """What can be done at an address."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    takes: str
    parameters: list[Parameter]
    answers: list[Answer]
    refusals: list[Answer]


class Field(msgspec.Struct, frozen=True):
    """A part of a shape."""

    name: str
    kind: str


class Shape(msgspec.Struct, frozen=True):
    """What JSON looks like."""

    name: str
    description: str
    fields: list[Field]


class Presentation(msgspec.Struct, frozen=True):
    """The document; operations are by what they are about."""

    title: str
    version: str
    description: str
    topics: dict[str, list[Operation]]
    shapes: list[Shape]


def present_document(document: Mapping[str, Any]) -> Presentation:
    """Return what a page shows of an OpenAPI document."""
    topics: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            (topic, *_) = operation["tags"]
            topics.setdefault(topic, []).append(_present(path, method, operation))
    shapes = document["components"]["schemas"]
    return Presentation(
        title=document["info"]["title"],
        version=document["info"]["version"],
        description=document["info"]["description"],
        topics=topics,
        shapes=[_shape(name, schema) for name, schema in shapes.items() if "properties" in schema],
    )


def _present(path: str, method: str, operation: Mapping[str, Any]) -> Operation:
    answers = list(_list_answers(operation["responses"]))
    good = [answer for answer in answers if int(answer.status) < GOOD]
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation["description"],
        takes=_name_body(operation.get("requestBody", {})),
        parameters=[
            Parameter(
                each["name"], each["in"], each.get("required", False), each.get("description", "")
            )
            for each in operation.get("parameters", ())
        ],
        answers=good,
        refusals=[answer for answer in answers if answer not in good],
    )


def _list_answers(responses: Mapping[str, Any]) -> Iterator[Answer]:
    for status, response in responses.items():
        schema = response.get("content", {}).get(JSON, {}).get("schema", {})
        yield Answer(status, response["description"], name_schema(schema))


def _name_body(body: Mapping[str, Any]) -> str:
    """Return what a body is, after its media type."""
    said = [f"{kind}: {name_schema(each['schema'])}" for kind, each in _content(body)]
    return "; ".join(said)


def _content(body: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return list(body.get("content", {}).items())


def _shape(name: str, schema: Mapping[str, Any]) -> Shape:
    fields = [Field(field, name_schema(kind)) for field, kind in schema["properties"].items()]
    return Shape(name, schema.get("description", ""), fields)


def name_schema(schema: Mapping[str, Any]) -> str:
    """Return a schema in a word or a few, such as ``list of JobShape``."""
    if REFERENCE in schema:
        return str(schema[REFERENCE]).rpartition("/")[2]
    if kinds := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(name_schema(kind) for kind in kinds)
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        return f"list of {name_schema(schema.get('items', {}))}"
    if kind == "object" and schema.get("properties"):
        return f"object with {', '.join(schema['properties'])}"
    if kind == "object" and isinstance(inside := schema.get("additionalProperties"), dict):
        return f"object of {name_schema(inside)}"
    return str(schema.get("format", kind))
