"""Translating all words into a language of nobody, and reading what was left as it is.

Each Latin letter of a message becomes one in a circle. What is put into a message does not: a word
that has gone round gettext is found in the middle of a sentence as well.
"""

import gettext
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from html.parser import HTMLParser
from string import ascii_lowercase, ascii_uppercase
from typing import Any
from unittest.mock import patch

from django.core import mail
from django.test import Client, TestCase
from django.urls import Resolver404
from django.utils import translation

LANGUAGE = "xx"
LANGUAGES = "django.utils.translation.trans_real._translations"
"""Where Django keeps the catalogs that it has read, by language."""
CIRCLED = str.maketrans(
    ascii_uppercase + ascii_lowercase,
    "ⒶⒷⒸⒹⒺⒻⒼⒽⒾⒿⓀⓁⓂⓃⓄⓅⓆⓇⓈⓉⓊⓋⓌⓍⓎⓏⓐⓑⓒⓓⓔⓕⓖⓗⓘⓙⓚⓛⓜⓝⓞⓟⓠⓡⓢⓣⓤⓥⓦⓧⓨⓩ",
)
KEPT = re.compile(r"(<[^>]*>|&\w+;|%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-z%]|\{\w*\})")
"""What a message has that is no word: elements, entities, and places for what is put in."""
CONTEXT = "\x04"
"""Django's sign between a context and its message."""
PLAIN = re.compile(
    r"https?://\S+|[\w.+-]+@[\w.-]+|course-v1:[\w:+~-]+|\b\w{40}\b|\{\W.*\}|\b[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b"
)
"""What nobody translates, wherever it stands."""
LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]")

TOLD = {"alt", "aria-description", "aria-label", "aria-roledescription", "data-column", "label"}
TOLD |= {"placeholder", "title"}
"""Attributes that people see, or hear."""
BUTTONS = {"button", "reset", "submit"}
UNSEEN = {"script", "style"}


class Circled(gettext.NullTranslations):
    """A catalog that has every message."""

    def gettext(self, message: str) -> str:
        """Translate a message, with or without a context."""
        return circle(message.rpartition(CONTEXT)[2])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Translate the one of two that is for so many."""
        return self.gettext(msgid1 if n == 1 else msgid2)

    def language(self) -> str:
        """Return what the language is called, as Django asks for it."""
        return LANGUAGE

    def to_language(self) -> str:
        """Return the same, as Django asks for it as well."""
        return LANGUAGE


class Reading(Client):
    """A browser whose person reads every page, and notes what is left as it is.

    They read Greek dates, in a zone that has no name but a number: a date with Latin letters was
    written for somebody else.
    """

    def __init__(self, *, known: Iterable[str], **more: Any) -> None:  # noqa: ANN401  Django's, passed on
        """Know names that nobody translates, the longest first."""
        super().__init__(headers={"Accept": "text/html", "Accept-Language": "el"}, **more)
        self.cookies["zone"] = "Asia/Dubai"
        self.known = sorted(known, key=len, reverse=True)
        self.left: dict[str, str] = {}
        """What was left, and where it stood first."""
        self.places: set[str] = set()
        """What the pages that were read are called."""

    def request(self, **request: Any) -> Any:  # noqa: ANN401  Django's answers have no public type
        """Read what comes."""
        with TestCase.captureOnCommitCallbacks(execute=True):  # mail is sent at once
            answer = super().request(**request)
        if "html" in answer.get("Content-Type", "") and not answer.streaming:
            page = answer.content.decode()
            assert f'lang="{LANGUAGE}"' in page or "<html" not in page
            for words in list_left(page, known=self.known):
                self.left.setdefault(words, request["PATH_INFO"])
            with suppress(Resolver404):
                self.places.add(str(answer.resolver_match.view_name))
        return answer

    def read_mail(self) -> None:
        """Read all that was mailed."""
        for each in mail.outbox:
            for words in (str(each.subject), *str(each.body).splitlines()):
                if is_left(words, known=self.known):
                    self.left.setdefault(words, "mail")


@contextmanager
def translated() -> Iterator[None]:
    """Have all messages translated meanwhile."""
    with (
        patch.dict(LANGUAGES, {LANGUAGE: Circled()}),  # a language without files
        translation.override(LANGUAGE),
    ):
        yield


def circle(message: str) -> str:
    """Return a message translated."""
    parts = KEPT.split(message)
    return "".join(part if at % 2 else part.translate(CIRCLED) for at, part in enumerate(parts))


def list_left(page: str, *, known: Iterable[str] = ()) -> list[str]:
    """Return what a page says in Latin letters, besides names that are known."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return [words for words in reader.words if is_left(words, known=known)]


def is_left(words: str, *, known: Iterable[str] = ()) -> bool:
    """Tell whether words have Latin letters besides those of names that are known."""
    rest = PLAIN.sub(" ", words)
    for name in known:
        rest = re.sub(rf"(?<![A-Za-z_]){re.escape(name)}(?![A-Za-z_])", " ", rest)
    return bool(LATIN.search(rest))


class Reader(HTMLParser):
    """Reads what people see of a page, or hear, but for what says itself that it is a code."""

    def __init__(self) -> None:
        """Have read nothing yet."""
        super().__init__()
        self.words: list[str] = []
        self._skipped = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read its attributes."""
        has = dict(attrs)
        if not self._skipped and (tag in UNSEEN or has.get("translate") == "no"):
            self._skipped = tag
        self._depth += tag == self._skipped
        is_button = tag == "input" and has.get("type") in BUTTONS
        self._read(
            value for name, value in attrs if name in TOLD or (is_button and name == "value")
        )

    def handle_endtag(self, tag: str) -> None:
        """Go on behind what was not to be read."""
        self._depth -= tag == self._skipped
        if not self._depth:
            self._skipped = ""

    def handle_data(self, data: str) -> None:
        """Read its text."""
        self._read([data])

    def _read(self, found: Iterable[str | None]) -> None:
        if self._skipped:
            return
        self.words += [" ".join(each.split()) for each in found if each and each.strip()]
