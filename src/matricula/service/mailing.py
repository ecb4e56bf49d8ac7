"""Reading where mail is handed over: one setting, ``smtp://user:password@host:port``."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mail; ``is_secure`` from the first byte, or ``begins_tls`` later."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_secure: bool = False
    begins_tls: bool = False


def read_mail_server(url: str) -> MailServer | None:
    """Return the server that an address names, or None without one.

    ``smtps`` is TLS from the start; ``smtp`` begins it on the way, except with a server on this
    host, which has no certificate. User and password are percent-encoded.

    Raises:
        SystemExit: it is no such address; nothing can be done before it is mended.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise SystemExit(_explain()) from None
    if not parts.hostname:
        raise SystemExit(_explain())
    is_secure = parts.scheme == "smtps"
    is_near = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_secure=is_secure,
        begins_tls=not is_secure and not is_near,
    )


def _explain() -> str:  # without the value: it holds a password
    return "matricula: MATRICULA_SMTP_URL is not like smtp://user:password@mail.example.org:587."
