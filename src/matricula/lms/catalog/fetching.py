"""Fetching a catalog from a file or an address, page by page."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter, Retry

from matricula.lms.catalog.gathering import InvalidCatalog
from matricula.lms.catalog.parsing import Page, parse_page
from matricula.lms.catalog.records import ProgramRecord
from matricula.lms.kernel.api import Invalid, Unavailable

CONNECT_SECONDS = 3.05
READ_SECONDS = 60

_BUSY = (429, 502, 503, 504)
_RETRY = Retry(total=3, backoff_factor=0.5, status_forcelist=_BUSY, raise_on_status=False)


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
        _require_new(path.resolve(), seen)
        page = parse_page(_read_file(path), source=str(path))
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
    authorization = _Authorization(url, token)
    seen: set[str] = set()
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=_RETRY))
        session.mount("https://", HTTPAdapter(max_retries=_RETRY))
        while True:
            _require_new(url, seen)
            page = parse_page(_fetch(session, url, authorization), source=url)
            yield page
            if not page.next:
                return
            following = urljoin(url, page.next)
            if not _is_address(following):
                message = f"{url} goes on at {page.next}, which is no http address."
                raise InvalidCatalog(message)
            url = following
