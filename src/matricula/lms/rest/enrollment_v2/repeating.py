"""Repeating: a write under an ``Idempotency-Key`` is carried out once, however often it comes."""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from matricula.lms.accounts.api import Account
from matricula.lms.kept_answers import api as kept_answers
from matricula.lms.rest.enrollment_v2.reading import require_size
from matricula.service.parsing import BodyTooLarge
from matricula.service.tracing import request_id_of

HEADER = "HTTP_IDEMPOTENCY_KEY"
REPEATED = "Idempotency-Replayed"
CARRIED_OUT_AS = "Idempotency-Request-ID"
KEPT_HEADERS = (
    "Content-Type",
    "Content-Disposition",
    "Link",
    "Location",
    "Retry-After",
    "X-Roster-Applied",
    "X-Roster-Counts",
)

IN_MEMORY = 2 * 2**20
PIECE = 2**16

_SPOOLED = "matricula.spooled_body"


def answer_once(
    request: Request, *, at: datetime, limit: int, answer: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Return the answer to a write; with a key the stored one, if the same was sent before.

    Raises:
        BodyTooLarge: the body has over ``limit`` bytes.
        InvalidKey, KeyUsedOtherwise, StillRunning: the key is no good for this request.
    """
    require_size(request, limit=limit)
    key = request.META.get(HEADER)
    if key is None or not isinstance(request.user, Account):
        return answer()
    with SpooledTemporaryFile(max_size=IN_MEMORY) as spooled:
        answered = kept_answers.answer_once(
            account_id=request.user.pk,
            key=key,
            digest=_put_aside(request, spooled, limit=limit),
            at=at,
            carry_out=lambda: _pack(answer(), request),
        )
    response = HttpResponse(answered.body, status=answered.status, headers=answered.headers)
    if answered.is_kept:
        response.headers[REPEATED] = "true"
    return response


def open_body(request: Request) -> IO[bytes]:
    """Return the body of a request, from where it was put if it was read for its digest."""
    spooled = request.META.get(_SPOOLED)
    if spooled is not None:
        spooled.seek(0)
        return cast("IO[bytes]", spooled)
    return cast("IO[bytes]", request._request)  # noqa: SLF001  REST framework offers only parsed bodies


def _put_aside(request: Request, spooled: IO[bytes], *, limit: int) -> bytes:
    """Put the body aside, and return the digest of the whole request."""
    digest = blake2b(f"{request.method} {request.get_full_path()}\n".encode(), digest_size=32)
    stream, size = open_body(request), 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > limit:
            raise BodyTooLarge(f"The body has over {limit} bytes.")
        digest.update(piece)
        spooled.write(piece)
    request.META[_SPOOLED] = spooled
    return digest.digest()


def _pack(response: HttpResponseBase, request: Request) -> kept_answers.Answered:
    """Put an answer up to be kept, with the id under which the ledger has what it is about."""
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return kept_answers.Answered(
        status=response.status_code,
        headers={**kept, CARRIED_OUT_AS: request_id_of(request)},
        body=response.getvalue(),
    )
