"""Reading a catalog's JSON: a list of programs, one program, or a page ``{results, next}``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from matricula.lms.catalog.gathering import InvalidCatalog
from matricula.lms.catalog.records import ProgramRecord

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NULL_CHARACTER = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_FAULT = re.compile(r"(?P<fault>.*?)(?: - at `\$\.?(?P<field>.*)`)?", re.DOTALL)
_ENVELOPE = msgspec.json.Decoder(list[msgspec.Raw] | dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a catalog, and where it goes on; None at the end."""

    programs: Sequence[ProgramRecord]
    next: str | None


def parse_page(data: bytes, *, source: str) -> Page:
    """Read programs from JSON; ``source`` is what messages call it.

    Raises:
        InvalidCatalog: it is no JSON, or not of that shape; the message names program and field.
    """
    data = data.removeprefix(_BYTE_ORDER_MARK)
    try:
        envelope = _ENVELOPE.decode(data)
        if isinstance(envelope, list):
            return Page(_parse_programs(envelope, source), None)
        if "results" not in envelope:
            return Page(_parse_programs([msgspec.Raw(data)], source), None)
        results = msgspec.json.decode(envelope["results"], type=list[msgspec.Raw])
        following = msgspec.json.decode(envelope.get("next", b"null"), type=str | None)
    except msgspec.ValidationError as error:
        message = f"{source} is no catalog (a list, a program, or a page of results): {error}."
        raise InvalidCatalog(message) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{source} is not JSON: {error}."
        raise InvalidCatalog(message) from None
    return Page(_parse_programs(results, source), following)


def _parse_programs(raws: Sequence[msgspec.Raw], source: str) -> list[ProgramRecord]:
    return [_parse_program(bytes(raw), number, source) for number, raw in enumerate(raws, start=1)]


def _parse_program(raw: bytes, number: int, source: str) -> ProgramRecord:
    if _NULL_CHARACTER.search(raw):
        message = f"{source}, program {number}{_name(raw)}: it has a null character (U+0000)."
        raise InvalidCatalog(message)
    try:
        return msgspec.json.decode(raw, type=ProgramRecord)
    except msgspec.ValidationError as error:
        found = _FAULT.fullmatch(str(error))
        fault, field = found.group("fault", "field") if found else (str(error), None)
        where = f" in {field}" if field else ""
        message = f"{source}, program {number}{_name(raw)}{where}: {fault}."
        raise InvalidCatalog(message) from None


def _name(raw: bytes) -> str:
    """Return what there is to tell the program by, in parentheses."""
    given = msgspec.json.decode(raw)
    known = [given.get(name) for name in ("title", "uuid")] if isinstance(given, dict) else []
    words = ", ".join(str(word) for word in known if word)
    return f" ({words})" if words else ""
