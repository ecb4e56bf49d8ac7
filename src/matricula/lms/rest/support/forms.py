"""Reading forms of a bounded size."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import FormParser, MultiPartParser

from matricula.service.parsing import BODY_LIMIT, BodyTooLarge


class BoundedFormParser(FormParser):
    """Reads ``application/x-www-form-urlencoded``."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401  as REST framework has it
        """Return the fields.

        Raises:
            BodyTooLarge: there are over ``BODY_LIMIT`` bytes.
        """
        require_bounded(parser_context)
        return super().parse(stream, media_type, parser_context)


class BoundedMultiPartParser(MultiPartParser):
    """Reads ``multipart/form-data``."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401  as REST framework has it
        """Return the fields.

        Raises:
            BodyTooLarge: there are over ``BODY_LIMIT`` bytes.
        """
        require_bounded(parser_context)
        return super().parse(stream, media_type, parser_context)


def require_bounded(context: Mapping[str, Any] | None) -> None:
    """Answer with silence if the request says that its body is not too long.

    More than it says is never read.

    Raises:
        BodyTooLarge: there are over ``BODY_LIMIT`` bytes.
    """
    said = (context or {})["request"].META.get("CONTENT_LENGTH") or ""
    if said.isdigit() and int(said) > BODY_LIMIT:
        raise BodyTooLarge
