"""Calling the LMS: time limits on everything, a token that is renewed, and what may be repeated.

Whatever is sent may be sent again: reads change nothing, and each write has an idempotency key.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, ReadTimeoutError
from urllib3.util import Retry

from matricula.lms_client.plan_records import Moved
from matricula.lms_client.refusals import (
    LmsBroken,
    LmsBusy,
    LmsNotAllowed,
    LmsNotFound,
    LmsRefused,
    LmsUnreachable,
    PlanStale,
)

CONNECT_SECONDS = 3.05
BUSY = {429, 502, 503, 504}
RENEW_BEFORE_SECONDS = 60
UNAUTHORIZED, FORBIDDEN, MISSING, FIRST_REFUSAL, FIRST_MALFUNCTION = 401, 403, 404, 400, 500
OK, CONFLICT = 200, 409
STILL_RUNNING, PLAN_STALE = "still-running", "plan-stale"
BLOCK = 1 << 16

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Access:
    """Where the LMS is, as whom we call, and how patiently.

    ``roster_seconds`` is how long a short roster may take to be answered, and a long one to be
    stored.
    """

    url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    read_seconds: float = 30
    roster_seconds: float = 600
    attempts: int = 4
    longest_wait_seconds: float = 30

    def __post_init__(self) -> None:
        """Refuse an address that is none.

        Raises:
            ValueError: it is no address of a web server.
        """
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError(f"{self.url!r} is no address of an LMS.")


class _Told(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: float


class _Problem(msgspec.Struct, frozen=True):
    code: str = ""
    detail: Any = ""
    request_id: str = ""
    error: str = ""
    """What OAuth2 has instead of a code."""
    moved_count: int = 0
    moved: Sequence[Moved] = ()


class Token:
    """A token of one client at one LMS, which any number of sessions and threads may share."""

    def __init__(self) -> None:
        """Have none yet."""
        self._held = ("", 0.0)

    def get(self, ask: Callable[[], tuple[str, float]]) -> str:
        """Return it; ``ask`` for another, and how long it lasts, if there is none left."""
        text, renew_at = self._held
        if not text or time.monotonic() > renew_at:
            text, lifetime = ask()
            left = max(lifetime - RENEW_BEFORE_SECONDS, lifetime / 2)
            self._held = (text, time.monotonic() + left)
        return text

    def drop(self, refused: str) -> None:
        """Have none, unless somebody has got another than the one that was refused."""
        if self._held[0] == refused:
            self._held = ("", 0.0)


class Calls:
    """A session with the LMS. Not to be shared by threads."""

    def __init__(self, access: Access, *, token: Token | None = None) -> None:
        """Open nothing yet."""
        self._access = access
        self._session = requests.Session()
        self._session.trust_env = False
        adapter = HTTPAdapter(max_retries=_retry(access))
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._token = token or Token()

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def call(
        self,
        method: str,
        address: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: bytes | IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        read_seconds: float | None = None,
        stream: bool = False,
        also_good: Collection[int] = (),
        is_public: bool = False,
    ) -> requests.Response:
        """Return a good answer. ``address`` is below the LMS's, or a page it has linked.

        ``also_good`` are statuses that are no refusals here. What ``is_public`` is asked for
        without a token.

        Raises:
            LmsBroken, LmsBusy, LmsNotAllowed, LmsNotFound, LmsRefused, LmsUnreachable: there is
                none.
        """
        sent = {"Accept": "application/json", **(headers or {})}
        if method != "GET":
            sent.setdefault("Idempotency-Key", str(uuid4()))
        ask = {
            "method": method,
            "url": self._require_ours(urljoin(self._access.url, address)),
            "params": params,
            "data": body,
            "timeout": (CONNECT_SECONDS, read_seconds or self._access.read_seconds),
            "allow_redirects": False,
            "stream": stream,
        }
        answer = (
            self._send({**ask, "headers": sent}) if is_public else self._send_patiently(ask, sent)
        )
        return answer if answer.status_code in also_good else _require_good(answer)

    def _send_patiently(
        self, ask: Mapping[str, Any], headers: Mapping[str, str]
    ) -> requests.Response:
        """Send again with another token if ours is refused, and while the first try still runs."""
        body = ask["data"]
        start = 0 if body is None or isinstance(body, bytes) else body.tell()
        waits = [2.0**number for number in range(self._access.attempts)]
        has_renewed = False
        while True:
            token = self._token.get(self._ask_for_token)
            answer = self._send({**ask, "headers": {**headers, "Authorization": f"JWT {token}"}})
            if answer.status_code == UNAUTHORIZED and not has_renewed:
                self._token.drop(token)  # its key may have been revoked
                has_renewed = True
            elif _is_still_running(answer) and waits:
                time.sleep(min(waits.pop(0), self._access.longest_wait_seconds))
            else:
                return answer
            rewind(body, to=start)

    def _send(self, ask: Mapping[str, Any]) -> requests.Response:
        try:
            return self._session.request(**ask)
        except requests.RequestException as error:
            where = _host_of(ask["url"])
            raise LmsUnreachable(
                f"The LMS at {where} cannot be reached: {_name(error)}."
            ) from error

    def _ask_for_token(self) -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._access.client_id,
            "client_secret": self._access.client_secret,
            "token_type": "jwt",
        }
        answer = self._send(
            {
                "method": "POST",
                "url": urljoin(self._access.url, "/oauth2/access_token"),
                "data": form,
                "timeout": (CONNECT_SECONDS, self._access.read_seconds),
                "allow_redirects": False,
            }
        )
        try:
            told = read_json(_require_good(answer), _Told)
        except LmsRefused as refused:  # whatever its status: what we were asked for was not
            words = f"There is no token for us: {refused}"
            raise LmsNotAllowed(
                words, status=refused.status, code=refused.code, request_id=refused.request_id
            ) from refused
        return told.access_token, told.expires_in

    def _require_ours(self, address: str) -> str:
        """Return the address if it is the LMS's: our token is for nobody else."""
        ours, theirs = urlsplit(self._access.url), urlsplit(address)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise LmsBroken(f"The LMS sends us to {theirs.netloc}, which is not its own.")
        return address


Answer = Any


def read_json(answer: requests.Response, wanted: Any) -> Any:  # noqa: ANN401  of the type wanted
    """Return the body as what it must be.

    Raises:
        LmsBroken: it is something else.
    """
    try:
        return msgspec.json.decode(answer.content, type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LmsBroken(f"The LMS answers {answer.status_code} with rubbish: {error}.") from error


def read_lines(answer: requests.Response, wanted: type[Item]) -> Iterator[Item]:
    """Yield each line of a streamed answer as what it must be, and close it at the end.

    Raises:
        LmsBroken: a line is something else.
        LmsUnreachable: the answer is cut off.
    """
    decoder = msgspec.json.Decoder(wanted)
    with answer:
        try:
            for line in answer.iter_lines(chunk_size=BLOCK):
                if line:
                    yield decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LmsBroken(f"The LMS answers a line of rubbish: {error}.") from error
        except requests.RequestException as error:
            raise LmsUnreachable("The LMS was cut off in the middle of its answer.") from error


def rewind(body: bytes | IO[bytes] | None, *, to: int) -> None:
    """Go back to where a body that was read began."""
    if body is not None and not isinstance(body, bytes):
        body.seek(to)


def _retry(access: Access) -> Retry:
    return Retry(
        total=access.attempts - 1,
        status_forcelist=BUSY,
        allowed_methods=None,
        backoff_factor=0.3,
        backoff_jitter=0.3,
        backoff_max=access.longest_wait_seconds,
        retry_after_max=int(access.longest_wait_seconds),
        raise_on_status=False,
    )


def _require_good(answer: requests.Response) -> requests.Response:
    status = answer.status_code
    if OK <= status < FIRST_REFUSAL and not answer.is_redirect:
        return answer
    problem = _read_problem(answer)
    words = str(problem.detail) or f"The LMS answers {status} {problem.error}".rstrip() + "."
    if status in BUSY:
        raise LmsBusy(words, retry_after=_retry_after(answer))
    if status >= FIRST_MALFUNCTION or status < FIRST_REFUSAL:
        raise LmsBroken(f"The LMS answers {status} (request {problem.request_id or 'unknown'}).")
    kinds = {UNAUTHORIZED: LmsNotAllowed, FORBIDDEN: LmsNotAllowed, MISSING: LmsNotFound}
    kind = kinds.get(status, LmsRefused)
    code = problem.code or problem.error.replace("_", "-")
    told: dict[str, Any] = {"status": status, "code": code, "request_id": problem.request_id}
    if code == PLAN_STALE:
        raise PlanStale(words, **told, moved_count=problem.moved_count, moved=problem.moved)
    raise kind(words, **told)


def _is_still_running(answer: requests.Response) -> bool:
    return answer.status_code == CONFLICT and _read_problem(answer).code == STILL_RUNNING


def _read_problem(answer: requests.Response) -> _Problem:
    try:
        return msgspec.json.decode(answer.content, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Problem(request_id=answer.headers.get("X-Request-ID", ""))


def _retry_after(answer: requests.Response) -> float | None:
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else None


def _host_of(address: str) -> str:
    """Return where an address leads, without what may be secret in it."""
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _name(error: requests.RequestException) -> str:
    cause = error.args[0] if error.args else None  # what the last try ended with
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(error, requests.Timeout) or isinstance(reason, ReadTimeoutError):
        return "it did not answer in time"
    return "there is no connection"
