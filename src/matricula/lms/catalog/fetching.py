"""Fetching a catalog from a file or an address, page by page."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter, Retry
from requests.auth import AuthBase

from matricula.lms.catalog.gathering import InvalidCatalog
from matricula.lms.catalog.parsing import Page, parse_page
from matricula.lms.catalog.records import ProgramRecord
from matricula.lms.kernel.api import Invalid, Unavailable

CONNECT_SECONDS = 3.05
READ_SECONDS = 60

Place = TypeVar("Place", str, Path)

_BUSY = (429, 502, 503, 504)
_RETRY = Retry(total=3, backoff_factor=0.3, status_forcelist=_BUSY, raise_on_status=False)


class CatalogUnreachable(Unavailable):
    """The address gives no catalog now; the message says what it does."""

    code = "catalog-unreachable"


class UnreadableCatalog(Invalid):
    """The file cannot be read."""

    code = "unreadable-catalog"


def read_catalog(*, source: str, token: str | None = None) -> Iterator[ProgramRecord]:
    """Yield the programs of a file or of an http(s) address, following ``next`` to the end.

    A file goes on in other files, named relative to it. An address goes on at others; the token
    is sent to the host of the first alone, as ``Authorization: JWT ...`` unless it names a scheme
    of its own.

    Raises:
        UnreadableCatalog: a file cannot be read.
        CatalogUnreachable: an address does not answer with 200.
        InvalidCatalog: what is there is no catalog, or its pages lead in a circle.
    """
    pages = _fetch_pages(source, token) if _is_address(source) else _read_files(Path(source))
    for page in pages:
        yield from page.programs


def _is_address(source: str) -> bool:
    return urlsplit(source).scheme in {"http", "https"}


def _read_files(path: Path) -> Iterator[Page]:
    seen: set[Path] = set()
    while True:
        data = _read_file(path)
        _require_new(path.resolve(), seen)
        page = parse_page(data, source=str(path))
        yield page
        if not page.next:
            return
        if urlsplit(page.next).scheme or Path(page.next).is_absolute():
            message = (
                f"{path} goes on at {page.next}, which is not a file beside it. Load that address "
                "from its first page, or take `next` out of the file."
            )
            raise InvalidCatalog(message)
        path = path.parent / page.next


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        message = f"{path} cannot be read: {reason}."
        raise UnreadableCatalog(message) from None


def _fetch_pages(url: str, token: str | None) -> Iterator[Page]:
    first, seen = url, set[str]()
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=_RETRY))
        while True:
            _require_new(url, seen)
            authorization = _Authorization(token) if token and _is_same_host(url, first) else None
            page = parse_page(_fetch(session, url, authorization), source=url)
            yield page
            if not page.next:
                return
            following = urljoin(url, page.next)
            if not _is_address(following):
                message = f"{url} goes on at {page.next}, which is no http address."
                raise InvalidCatalog(message)
            url = following


class _Authorization(AuthBase):
    """Names the token. As a header of the session it would yield to a ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._header = token if " " in token else f"JWT {token}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


def _fetch(session: requests.Session, url: str, authorization: AuthBase | None) -> bytes:
    try:
        answer = session.get(
            url,
            auth=authorization,
            headers={"Accept": "application/json"},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
        )
    except (requests.RequestException, ValueError) as error:
        message = f"{url} cannot be reached: {_explain(error)}."
        raise CatalogUnreachable(message) from None
    if answer.status_code != HTTPStatus.OK:
        message = f"{url} answers {answer.status_code} {answer.reason}, not 200 OK."
        if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            message += " Give a token that may read it."
        raise CatalogUnreachable(message)
    return answer.content


def _explain(error: Exception) -> str:
    """Say in words why there was no answer; what urllib3 says is for those who know urllib3."""
    match error:
        case requests.exceptions.SSLError():
            return "its certificate cannot be trusted"
        case requests.ConnectTimeout() | requests.ReadTimeout():
            return "it does not answer in time"
        case requests.TooManyRedirects():
            return "it redirects in a circle"
        case requests.ConnectionError():
            return "there is no such host, or nothing answers there"
        case _:
            return str(error).rstrip(".")


def _is_same_host(url: str, first: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(first)[:2]


def _require_new(place: Place, seen: set[Place]) -> None:
    if place in seen:
        message = f"The catalog's pages lead in a circle: {place} comes again."
        raise InvalidCatalog(message)
    seen.add(place)
