"""The seats of everybody, a page at a time."""

from functools import partial

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.course_enrollments.api import HeldSeat, SeatsWanted, list_seats_of_all
from matricula.lms.identities.api import account_itself, email_address
from matricula.lms.kernel.api import Actor
from tests import given
from tests.lms.kernel.seeing import (
    STATISTICS,
    count_statements,
    know_statistics,
    list_quadratic_nodes,
    planning,
)

pytestmark = pytest.mark.django_db


def page(
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = 100,
    by: Actor = given.OPERATOR,
    **wanted: object,
) -> list[tuple[int, HeldSeat]]:
    return list_seats_of_all(
        wanted=SeatsWanted(**wanted),  # type: ignore[arg-type]  # whichever the test names
        by=by,
        after=after,
        before=before,
        limit=limit,
    )


def told(seats: list[tuple[int, HeldSeat]]) -> list[tuple[str, str]]:
    return [(seat.username, seat.course_run.split("+")[1]) for _, seat in seats]


def learners(count: int) -> list[Account]:
    return [given.account(f"learner{number:02}") for number in range(count)]


def test_every_seat_stands_there_once_where_its_first_grant_does() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    run = given.course_run()
    given.granted(email_address("mira@example.org"), run=run)
    given.granted(account_itself(noah.uuid), run=run)
    given.granted(account_itself(mira.uuid), run=run, grant_mode="verified")
    given.granted(account_itself(mira.uuid), run=given.course_run("HYD2"))
    assert told(page()) == [("noah", "HYD1"), ("mira", "HYD1"), ("mira", "HYD2")]
    given.bound(email_address("mira@example.org"), mira)
    found = page()
    assert told(found) == [("mira", "HYD1"), ("noah", "HYD1"), ("mira", "HYD2")]
    assert (found[0][1].mode, len(found[0][1].grants)) == ("verified", 2)


def test_pages_follow_each_other_forwards_and_backwards() -> None:
    made = learners(7)
    given.direct(*(account_itself(each.uuid) for each in made), run=given.course_run())
    everything = page()
    assert len(everything) == 7
    first = page(limit=3)
    second = page(limit=3, after=first[-1][0])
    third = page(limit=3, after=second[-1][0])
    assert [*first, *second, *third] == everything
    assert page(limit=3, before=third[0][0]) == second
    assert page(limit=3, before=first[0][0]) == []


def test_filters_are_all_to_be_met() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    for number in ("HYD1", "BOT1"):
        for who in (mira, noah):
            given.granted(account_itself(who.uuid), run=given.course_run(number))
    given.bound(email_address("m@example.org"), mira)
    hydrology = given.course_run("HYD1").key
    assert told(page(course_run=hydrology)) == [("mira", "HYD1"), ("noah", "HYD1")]
    assert told(page(parts_of_runs=["BOT", "zzz"])) == [("mira", "BOT1"), ("noah", "BOT1")]
    assert told(page(usernames=["NOAH", "nobody"])) == [("noah", "HYD1"), ("noah", "BOT1")]
    assert told(page(addresses=["M@Example.org"])) == [("mira", "HYD1"), ("mira", "BOT1")]
    assert page(addresses=["m@example.org"], usernames=["noah"]) == []
    assert told(page(course_run=hydrology, usernames=["mira"])) == [("mira", "HYD1")]
    assert page(course_run="course-v1:No+Such+Run") == []


def test_it_is_for_who_reads_everywhere() -> None:
    for by in (given.holder_of("read"), given.acting(given.account())):
        with pytest.raises(PermissionMissing):
            page(by=by)


def test_a_page_takes_as_many_queries_however_full_it_is() -> None:
    by = given.holder_of("read", school_key=None)
    made = learners(40)
    counts = []
    for some in (made[:1], made):
        given.direct(*(account_itself(each.uuid) for each in some), run=given.course_run())
        chosen = partial(page, by=by, usernames=["learner00"], parts_of_runs=["HYD"])
        counts.append((count_statements(lambda: page(by=by)), count_statements(chosen)))
    assert counts == [(3, 5), (3, 5)]


@pytest.mark.parametrize("statistics", STATISTICS)
def test_no_table_is_read_once_a_row(statistics: str) -> None:
    made = learners(30)
    names = [email_address(f"w{number}@example.org") for number in range(3000)]
    given.direct(*names, *(account_itself(each.uuid) for each in made), run=given.course_run())
    know_statistics(statistics)
    with planning("SELECT g.id, i.account_id") as plans:
        page(limit=20)
        page(limit=20, course_run=given.course_run().key)
        page(limit=20, before=10**9)
        page(limit=20, usernames=["learner07"])
    assert len(plans) == 4
    for plan in plans:
        assert list_quadratic_nodes(plan) == []
