"""Reading bodies: JSON of a bounded size, and clear words where it is none."""

from collections.abc import Mapping
from typing import IO, Any

import msgspec
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

BODY_LIMIT = 2 * 2**20
"""Bytes of a body that is read into memory."""


class BodyTooLarge(APIException):
    """The body has more bytes than this address takes."""

    status_code = 413
    default_code = "body-too-large"
    default_detail = f"The body has over {BODY_LIMIT} bytes."


class LengthRequired(APIException):
    """The body has no length. Django would take it for none."""

    status_code = 411
    default_code = "length-required"
    default_detail = "Send a body with its Content-Length."


class UnsupportedCharset(APIException):
    """The body is not in UTF-8."""

    status_code = 415
    default_code = "unsupported-charset"
    default_detail = "Bodies are read in UTF-8."


class JsonParser(BaseParser):
    """Reads JSON in UTF-8; an empty body is None."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401  whatever the JSON says
        """Return what the body says.

        Raises:
            BodyTooLarge, ParseError, UnsupportedCharset: it cannot be read.
        """
        del parser_context
        require_utf_8(media_type or "")
        return decode_json(read_body(stream))


def require_length(request: Request) -> None:
    """Answer with silence unless the body of a request comes in chunks.

    Raises:
        LengthRequired: it does.
    """
    if "HTTP_TRANSFER_ENCODING" in request.META:
        raise LengthRequired


def read_body(stream: IO[bytes], *, limit: int = BODY_LIMIT) -> bytes:
    """Return the whole body.

    Raises:
        BodyTooLarge: it has more than ``limit`` bytes.
    """
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge(f"The body has over {limit} bytes.")
    return body


def decode_json(body: bytes) -> Any:  # noqa: ANN401  whatever the JSON says
    """Return what the body says.

    Raises:
        ParseError: it is no JSON in UTF-8, or nested too deep.
    """
    if not body.strip():
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ParseError(f"The body is no JSON in UTF-8: {error}.") from None
    except RecursionError:
        raise ParseError("The body is nested too deep.") from None


def require_utf_8(media_type: str) -> None:
    """Answer with silence unless a content type names another character set.

    Raises:
        UnsupportedCharset: it does.
    """
    for part in media_type.split(";")[1:]:
        name, _, value = part.partition("=")
        is_charset = name.strip().lower() == "charset"
        if is_charset and value.strip(" \"'").lower() not in {"utf-8", "utf8", "us-ascii"}:
            raise UnsupportedCharset
