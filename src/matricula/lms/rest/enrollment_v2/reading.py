"""Reading bodies and queries strictly: what is wrong with them is named, by where it stands."""

import re
from collections.abc import Hashable
from datetime import datetime
from functools import cache
from typing import IO, Annotated, Any, TypeVar, cast, get_origin, get_type_hints

import msgspec
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from matricula.lms.kernel.api import in_utc
from matricula.service.parsing import BodyTooLarge, read_body, require_utf_8

Wanted = TypeVar("Wanted")
Query = TypeVar("Query", bound=msgspec.Struct)
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment that says its time zone."""

_NULL_CHARACTER = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_FAULT = re.compile(r"(?P<fault>.*?)(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)


class InvalidBody(APIException):
    """The body is not what this address takes."""

    status_code = 400
    default_code = "invalid-body"


class InvalidParameter(APIException):
    """A parameter of the query is not what it must be."""

    status_code = 400
    default_code = "invalid-parameter"


class NotJson(APIException):
    """The body says that it is something else."""

    status_code = 415
    default_code = "unsupported-media-type"


def require_size(request: Request, *, limit: int) -> None:
    """Answer with silence unless the request says that its body is too long.

    Raises:
        BodyTooLarge: it does; nothing of the body is read.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > limit:
        raise BodyTooLarge(f"The body has over {limit} bytes.")


def read_json(request: Request, stream: IO[bytes], wanted: type[Wanted], *, limit: int) -> Wanted:
    """Return what a JSON body says, as a struct.

    Raises:
        BodyTooLarge, InvalidBody, NotJson, UnsupportedCharset: it cannot be read.
    """
    require_json(request)
    return decode_body(read_body(stream, limit=limit), wanted)


def require_json(request: Request) -> None:
    """Answer with silence if the content type is JSON in UTF-8, or is not said.

    Raises:
        NotJson, UnsupportedCharset: it is another.
    """
    given = request.META.get("CONTENT_TYPE") or ""
    media_type = given.partition(";")[0].strip().lower()
    is_json = media_type.startswith("application/") and media_type.endswith(("/json", "+json"))
    if media_type and not is_json:
        raise NotJson(f"Send application/json, not {media_type[:100]}.")
    require_utf_8(given)


def decode_body(body: bytes, wanted: type[Wanted]) -> Wanted:
    """Return what JSON says, as a struct.

    Raises:
        InvalidBody: it is no JSON in UTF-8, nested too deep, or not of that shape.
    """
    if _NULL_CHARACTER.search(body):
        raise InvalidBody("The body has a null character (U+0000).")
    try:
        return cast("Wanted", _decoder(cast("Hashable", wanted)).decode(body))
    except msgspec.ValidationError as error:
        raise InvalidBody(_explain(error, what="the body")) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidBody(f"The body is no JSON in UTF-8: {error}.") from None
    except RecursionError:
        raise InvalidBody("The body is nested too deep.") from None


def read_query(request: Request, wanted: type[Query]) -> Query:
    """Return what a query says, as a struct.

    Raises:
        InvalidParameter: one is unknown, given twice, or not what it must be.
    """
    lists = _list_names(cast("Hashable", wanted))
    given: dict[str, Any] = {}
    for name, values in request.query_params.lists():
        if any("\x00" in value for value in (name, *values)):
            raise InvalidParameter(f"{name!r}: it has a null character.")
        if name not in lists and len(values) > 1:
            raise InvalidParameter(f"{name}: it is given {len(values)} times.")
        given[name] = values if name in lists else values[0]
    try:
        query = msgspec.convert(given, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidParameter(_explain(error, what="the query")) from None
    moments = {name: getattr(query, name) for name in given}
    return msgspec.structs.replace(
        query,
        **{name: in_utc(each) for name, each in moments.items() if isinstance(each, datetime)},
    )


@cache
def _decoder(wanted: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(wanted)


@cache
def _list_names(wanted: Hashable) -> frozenset[str]:
    hints = get_type_hints(wanted)
    return frozenset(name for name, type_ in hints.items() if get_origin(type_) in {list, tuple})


def _explain(error: msgspec.ValidationError, *, what: str) -> str:
    """Say where and what, in the order in which people read."""
    found = _FAULT.fullmatch(str(error))
    fault, path = found.group("fault", "path") if found else (str(error), None)
    if unknown := _UNKNOWN.fullmatch(fault):
        path = f"{path}.{unknown['name']}" if path else unknown["name"]
        fault = f"there is no such field in {what}"
    return f"{path or what}: {fault}."
