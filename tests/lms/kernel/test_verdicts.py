"""Verdicts and what a write may do."""

import pytest

from matricula.lms.kernel.api import Action, Judgement, Verdict, WriteMode, fill_codes, refuse


def test_a_refused_row_has_a_verdict_and_a_reason() -> None:
    assert refuse(7, Verdict.CONFLICT, "why") == Judgement(7, Action.REFUSE, "conflict", "why")


@pytest.mark.parametrize(
    ("mode", "may_create", "may_update"),
    [
        (WriteMode.CREATE, True, False),
        (WriteMode.UPDATE, False, True),
        (WriteMode.UPSERT, True, True),
    ],
)
def test_a_mode_says_what_may_happen(
    mode: WriteMode, *, may_create: bool, may_update: bool
) -> None:
    assert (mode.may_create, mode.may_update) == (may_create, may_update)


@pytest.mark.parametrize(
    ("first", "again", "whole"), [("cmsm", "uc", "cusc"), ("cs", "", "cs"), ("m", "m", "m")]
)
def test_codes_of_the_missing_take_their_places(first: str, again: str, whole: str) -> None:
    assert fill_codes(first, again) == whole
