"""Folding: the one way in which two spellings of a name are found to be the same."""

from unicodedata import normalize

# What programs leave around a text and nobody sees: besides white space the byte order mark,
# zero width space, word joiner, soft hyphen and the signs of writing direction.
_UNSEEN = (
    "\ufeff\u200b\u2060\u00ad\u061c\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_AROUND = _UNSEEN + "".join(each for each in map(chr, range(0x3001)) if each.isspace())


def strip_key(value: str) -> str:
    """Return ``value`` without white space and unseen characters around it: as it is stored."""
    stripped = value.strip()
    return stripped if stripped.isascii() else stripped.strip(_AROUND)


def fold(value: str) -> str:
    """Return ``value`` as it is compared: stripped, letter case and Unicode composition ignored.

    Idempotent. Source: ADR 0002 (strip, NFC, casefold); decomposing before the casefold
    and composing after it is Unicode's canonical caseless matching (The Unicode Standard, D145).
    """
    stripped = strip_key(value)
    if stripped.isascii():
        return stripped.lower()
    return strip_key(normalize("NFC", normalize("NFD", stripped).casefold()))
