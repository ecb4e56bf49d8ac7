"""Matching names: every way in which one may be written, and nothing that only looks like it."""

import json
from unicodedata import normalize
from urllib.parse import quote

import pytest

from matricula.lms.ledger.api import Names

NAME = 'Zoë "Zo" O\\Quist'
NAMES = Names([NAME, "rv-17 ", "Will", "", " "])


def test_a_name_is_overwritten() -> None:
    assert NAMES.erase_certain(f"asked by {NAME}.") == "asked by [erased]."


@pytest.mark.parametrize(
    "written",
    [
        NAME.upper(),
        normalize("NFD", NAME),
        json.dumps(NAME)[1:-1],
        json.dumps(NAME, ensure_ascii=False)[1:-1],
        quote(NAME, safe=""),
    ],
)
def test_however_it_is_written(written: str) -> None:
    assert NAMES.erase_certain(f"({written})") == "([erased])"
    assert NAMES.may_be_in(f"a long text with ({written}) in it")


def test_a_plain_word_goes_only_from_what_is_about_them() -> None:
    assert NAMES.erase_certain("Will you?") == "Will you?"
    assert NAMES.erase_any("Will you?") == "[erased] you?"
    assert not NAMES.is_in("Will you?")


def test_a_longer_word_is_another_one() -> None:
    assert NAMES.erase_any("Willow rv-171 rv-17a") == "Willow rv-171 rv-17a"


def test_a_value_is_a_name_whatever_its_letter_case() -> None:
    assert NAMES.is_one(" RV-17")
    assert not NAMES.is_one("rv-171")
    assert not NAMES.is_one("")


def test_without_names_nothing_is_found() -> None:
    nobody = Names(["", " "])
    assert nobody.erase_any("all stays") == nobody.erase_certain("all stays") == "all stays"
    assert not nobody.may_be_in("all stays")
    assert not nobody.is_in("all stays")
