"""Logs: one line of JSON for each event, or readable ones for people who develop."""

import logging
import logging.config
import sys
from collections.abc import Iterator
from traceback import format_tb
from typing import Any

import msgspec
import psycopg
import structlog

_encoder = msgspec.json.Encoder(enc_hook=repr)

COMMON: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def describe_error(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Put the types and places of what went wrong into the event, and none of its words.

    Words hold values, and values may be a person's name, address or student key: PostgreSQL, for
    one, quotes the row that breaks a rule.
    """
    del logger, method
    error = _find_error(event.pop("exc_info", None))
    if error is not None:
        event["errors"] = list(_describe(error))
    return event


def write_json(logger: object, method: str, event: structlog.typing.EventDict) -> str:
    """Return an event as a line of JSON."""
    del logger, method
    return _encoder.encode(event).decode()


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Writes the lines of libraries in the way of ours, and ours without more ado."""

    def __init__(self, *, shared: list[structlog.typing.Processor], renderer: Any) -> None:  # noqa: ANN401  structlog's, or ours
        self._render = renderer
        meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        super().__init__(foreign_pre_chain=shared, processors=[meta, renderer])

    def format(self, record: logging.LogRecord) -> str:
        """Return a line; other handlers find the record as it was."""
        if isinstance(record.msg, dict):  # an event that structlog has brought this far
            return str(self._render(None, record.levelname, record.msg.copy()))
        return super().format(record)


def _is_seen() -> bool:
    """Tell whether lines go to a terminal; in a file, colors would be noise."""
    return sys.stderr is not None and sys.stderr.isatty()


def configure_logs(*, as_json: bool) -> None:
    """Send everything to standard error; what happens in a request bears its id.

    JSON, which is kept and passed on, has no words of errors; lines for people have them.
    """
    shared = [*COMMON, describe_error if as_json else structlog.processors.format_exc_info]
    renderer: Any = write_json if as_json else structlog.dev.ConsoleRenderer(colors=_is_seen())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {"()": _Formatter, "shared": shared, "renderer": renderer}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"events": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                # A lost connection is told by whoever had need of it.
                "psycopg": {"level": "ERROR"},
                "matricula": {"level": "INFO"},
                # Each try names the address, which may hold a person's name; so does the last.
                "urllib3": {"level": "CRITICAL"},
                # These name the address of what was asked for, which may hold a person's name.
                "django.request": {"level": "CRITICAL"},
                "django.security": {"level": "CRITICAL"},
            },
        }
    )


def _find_error(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _describe(error: BaseException) -> Iterator[dict[str, Any]]:
    """Describe an error and what it came from, that first."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _describe(cause)
    described: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "places": [place.rstrip() for place in format_tb(error.__traceback__)],
    }
    if isinstance(error, psycopg.Error):
        described["sqlstate"] = error.sqlstate
        described["constraint"] = error.diag.constraint_name
    yield described
