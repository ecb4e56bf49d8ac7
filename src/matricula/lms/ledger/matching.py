"""Matching what a person is called, wherever in a text it stands."""

import re
from collections.abc import Iterable, Sequence
from json import dumps
from unicodedata import normalize
from urllib.parse import quote

from matricula.lms.kernel.api import fold

ERASED = "[erased]"
SHORTEST_NAME = 6


class Names:
    """All that a person is called, to be found and overwritten in texts.

    ``words`` has every name as it may be written: composed or not, within JSON, within an address.
    """

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names as they are stored; blank ones are none."""
        spellings = {each for name in names if name.strip() for each in _spell(name.strip())}
        self.words: Sequence[str] = sorted(spellings)
        self.distinctive: Sequence[str] = [word for word in self.words if is_distinctive(word)]
        self._folded = frozenset(map(fold, self.words))
        self._any = _compile(self.words)
        self._certain = _compile(self.distinctive)

    def is_one(self, value: str) -> bool:
        """Tell whether a value is one of the names."""
        return fold(value) in self._folded

    def may_be_in(self, text: str) -> bool:
        """Tell quickly whether a long text can have a name in it."""
        folded = fold(text)
        return any(name in folded for name in self._folded)

    def is_in(self, text: str) -> bool:
        """Tell whether a word stands in a text that can only be a name."""
        return self._certain is not None and self._certain.search(text) is not None

    def erase_certain(self, text: str) -> str:
        """Return a text without those words that can only be a name."""
        return text if self._certain is None else self._certain.sub(ERASED, text)

    def erase_any(self, text: str) -> str:
        """Return a text that is about the person without any of the names."""
        return text if self._any is None else self._any.sub(ERASED, text)


def is_distinctive(word: str) -> bool:
    """Tell whether a word can hardly be anything but a name: an address, a key, a full name."""
    return len(word) >= SHORTEST_NAME and not word.isalpha()


def match_words(words: Sequence[str]) -> str:
    """Return the pattern, PostgreSQL's or Python's, that finds any of the words standing alone."""
    longest_first = sorted((re.escape(word) for word in words), key=len, reverse=True)
    return rf"(?<!\w)({'|'.join(longest_first)})(?!\w)"


def _compile(words: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile(match_words(words), re.IGNORECASE) if words else None


def _spell(name: str) -> Iterable[str]:
    for written in {name, normalize("NFC", name), normalize("NFD", name)}:
        yield written
        yield dumps(written, ensure_ascii=False)[1:-1]
        yield dumps(written)[1:-1]
        yield quote(written, safe="")
