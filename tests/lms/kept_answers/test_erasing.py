"""Erasing from kept answers: the names go, and the rest is given again as it was."""

from typing import Any

import pytest

from matricula.lms.kept_answers.api import Answered, answer_once, erase_from_answers
from matricula.lms.kept_answers.models import KeptAnswer
from matricula.lms.ledger.api import Names
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

NAMES = Names(["Zoë.Quist", "rv-177", "Will", "17"])


@pytest.fixture
def account_id() -> int:
    return given.account().pk


def keep(
    account_id: int,
    body: str | bytes,
    *,
    key: str = "k",
    headers: Any = None,  # noqa: ANN401  names and values
) -> None:
    raw = body if isinstance(body, bytes) else body.encode()
    answer_once(
        account_id=account_id,
        key=key,
        digest=b"",
        at=given.NOW,
        carry_out=lambda: Answered(200, headers or {}, raw),
    )


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ('{"student_key":"RV-177","line":17}', '{"student_key":"[erased]","line":17}'),
        ('{"key":"17","at":"2031-17"}', '{"key":"[erased]","at":"2031-17"}'),
        ('{"Will":"will"}', '{"Will":"[erased]"}'),
        ('{"detail":"rv-177 is unknown, Will"}', '{"detail":"[erased] is unknown, Will"}'),
        ('["Zo\\u00eb.Quist"]', '["[erased]"]'),
        (
            "line,student_key\n17,RV-177\n2,17\n",
            "line,student_key\n[erased],[erased]\n2,[erased]\n",
        ),
        ("a,b\r\nWill,Willow\r\n", "a,b\r\n[erased],Willow\r\n"),
    ],
)
def test_names_are_overwritten_where_they_stand(body: str, after: str, account_id: int) -> None:
    keep(account_id, body)
    assert erase_from_answers(names=NAMES) == 1
    kept = KeptAnswer.objects.get()
    assert bytes(kept.body).decode() == after
    assert (kept.status, kept.key) == (200, "k")


@pytest.mark.parametrize("body", [b'{"student_key":"rv-1770"}', b"", b"\xff\xfe17"])
def test_the_answers_of_others_stay(body: bytes, account_id: int) -> None:
    keep(account_id, body)
    assert erase_from_answers(names=NAMES) == 0
    assert bytes(KeptAnswer.objects.get().body) == body


def test_so_do_names_in_keys_and_addresses_go(account_id: int) -> None:
    for place in ("Zo%C3%AB.Quist", "will"):
        keep(account_id, "{}", key=f"for rv-177 {place}", headers={"Location": f"/at/{place}?a=b"})
    assert erase_from_answers(names=NAMES) == 2
    kept = KeptAnswer.objects.order_by("pk")
    assert {each.headers["Location"] for each in kept} == {"/at/[erased]?a=b"}
    assert [each.key for each in kept] == [
        f"for [erased] [erased]#{kept[0].pk}",
        f"for [erased] will#{kept[1].pk}",
    ]


def test_it_takes_as_many_statements_for_some_as_for_one(account_id: int) -> None:
    keep(account_id, '["rv-177"]', key="first")
    few = count_statements(lambda: erase_from_answers(names=NAMES))
    for number in range(15):
        keep(account_id, '["rv-177"]', key=str(number))
    assert count_statements(lambda: erase_from_answers(names=NAMES)) == few
