"""Erasing a person from answers that are kept to be given again."""

import re
from functools import partial
from urllib.parse import unquote

from matricula.lms.kept_answers.models import KeptAnswer
from matricula.lms.ledger.api import ERASED, Names

JSON_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?')
CSV_CELL = re.compile(r'(?:(?<=,)|^)[^,"\r\n]+(?=,|\r?$)', re.MULTILINE)
ADDRESS_PART = re.compile(r"[^/?&=#]+")
AT_ONCE = 20


def erase_from_answers(*, names: Names) -> int:
    """Overwrite the names in every kept answer, and return how many answers had any.

    Words that can only be a name go wherever they stand, others where they are a whole value.
    There is no index by what an answer says: each is read once. Within the caller's transaction.
    """
    stored = KeptAnswer.objects.only("key", "headers", "body").iterator(chunk_size=AT_ONCE)
    erased = [kept for kept in stored if _erase(kept, names)]
    KeptAnswer.objects.bulk_update(erased, ["key", "headers", "body"], batch_size=AT_ONCE)
    return len(erased)


def _erase(kept: KeptAnswer, names: Names) -> bool:
    key = names.erase_certain(kept.key)
    headers = {name: _erase_from_header(value, names) for name, value in kept.headers.items()}
    body = _erase_from_body(bytes(kept.body), names)
    if (key, headers, body) == (kept.key, kept.headers, bytes(kept.body)):
        return False
    if key != kept.key:
        kept.key = f"{key}#{kept.pk}"  # two keys may have been different by the name alone
    kept.headers, kept.body = headers, body
    return True


def _erase_from_header(value: str, names: Names) -> str:
    hide = partial(_hide_address_part, names=names)
    return ADDRESS_PART.sub(hide, names.erase_certain(value))


def _erase_from_body(body: bytes, names: Names) -> bytes:
    try:
        text = body.decode()
    except UnicodeDecodeError:  # no answer of ours that says anything in words
        return body
    if not names.may_be_in(text):
        return body
    text = names.erase_certain(text)
    if text.startswith(("{", "[")):
        return JSON_STRING.sub(partial(_hide_json_value, names=names), text).encode()
    return CSV_CELL.sub(partial(_hide_cell, names=names), text).encode()


def _hide_json_value(found: re.Match[str], names: Names) -> str:
    is_field = found[2] is not None
    return f'"{ERASED}"' if names.is_one(found[1]) and not is_field else found[0]


def _hide_cell(found: re.Match[str], names: Names) -> str:
    return ERASED if names.is_one(found[0]) else found[0]


def _hide_address_part(found: re.Match[str], names: Names) -> str:
    return ERASED if names.is_one(unquote(found[0])) else found[0]
