"""Every refusal has a code of its own in kebab-case, and one of the five kinds."""

import re
from collections import Counter
from importlib import import_module
from pkgutil import walk_packages

from matricula import lms
from matricula.lms.kernel.api import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    Unavailable,
)

KINDS = {NotFound, NotAllowed, Conflict, Invalid, Unavailable}


def list_refusals(kind: type[Refusal] = Refusal) -> set[type[Refusal]]:
    for module in walk_packages(lms.__path__, f"{lms.__name__}."):
        if ".migrations" not in module.name:
            import_module(module.name)
    below = set(kind.__subclasses__())
    return below | {deeper for each in below for deeper in list_refusals(each)}


def test_a_code_is_stable_and_in_kebab_case() -> None:
    for refusal in list_refusals():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", refusal.code), refusal


def test_every_refusal_is_of_one_of_the_five_kinds() -> None:
    assert set(Refusal.__subclasses__()) == KINDS
    assert list_refusals() > KINDS


def test_no_two_refusals_share_a_code() -> None:
    codes = Counter(refusal.code for refusal in list_refusals())
    assert {code for code, count in codes.items() if count > 1} == set()


def test_every_refusal_says_its_own_code() -> None:
    assert {each for each in list_refusals() if "code" not in vars(each)} == set()
