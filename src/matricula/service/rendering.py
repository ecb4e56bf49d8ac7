"""Writing answers as JSON, and choosing their form."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from django.http import HttpResponse
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")


class JsonRenderer(BaseRenderer):
    """Writes JSON; moments are in UTC and end in Z."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,  # noqa: ANN401  whatever a view answers
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the bytes of the answer; those that are JSON already stay as they are."""
        del accepted_media_type, renderer_context
        if data is None:
            return b""
        return data if isinstance(data, bytes) else _encoder.encode(data)


def answer_json(data: Any, *, status: int) -> HttpResponse:  # noqa: ANN401  whatever a view answers
    """Return an answer that is written already, for views that have no other form.

    To be chosen among forms and rendered later costs more than to write a short answer.
    """
    return HttpResponse(_encoder.encode(data), content_type=JsonRenderer.media_type, status=status)


class Negotiation(DefaultContentNegotiation):
    """Takes what the caller accepts if a view has it, and the view's first form otherwise.

    A client that accepts only HTML still gets an answer that it can show.
    """

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Return the parser of the content type; without a content type, the first."""
        own = list(parsers)
        return super().select_parser(request, own) if request.content_type else own[0]

    def filter_renderers(
        self,
        renderers: Iterable[BaseRenderer],
        format: str,  # noqa: A002  its name upstream
    ) -> list[BaseRenderer]:
        """Return those of a format that the address asks for."""
        own = list(renderers)
        return [each for each in own if each.format == format] or own

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer, and the media type it writes."""
        del format_suffix
        own = list(renderers)
        accepted = request.META.get("HTTP_ACCEPT", "*/*").lower()
        for renderer in own:
            if str(renderer.media_type) in accepted:
                return renderer, str(renderer.media_type)
        return own[0], str(own[0].media_type)
