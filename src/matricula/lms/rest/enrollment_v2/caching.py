"""Caching: a read names its answer by an ETag, and is not sent again to who has it."""

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

KEPT_BY_ITS_CALLER = "private, no-cache"
CALLER = ("Authorization", "Cookie")


def answer_unless_known(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer with an ETag, or 304 if the caller has it; streams have none."""
    response.headers.setdefault("Cache-Control", KEPT_BY_ITS_CALLER)
    patch_vary_headers(response, CALLER)
    if not isinstance(response, HttpResponse) or response.status_code != 200:  # noqa: PLR2004  OK
        return response
    etag = response.headers.get("ETag") or make_etag(response.content)
    response.headers["ETag"] = etag
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return response
    return get_conditional_response(request, etag=etag, response=response) or response


def make_etag(body: bytes) -> str:
    """Return the name of exactly these bytes."""
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'
