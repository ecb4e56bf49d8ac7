from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

from matricula.lms.kernel.api import in_utc


def at_offset(hours: float, *, year: int = 2031, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, 12, tzinfo=timezone(timedelta(hours=hours)))


def test_a_moment_is_the_same_in_utc() -> None:
    assert in_utc(at_offset(2)) == datetime(2031, 1, 1, 10, tzinfo=UTC)
    assert in_utc(at_offset(2)).tzinfo is UTC
    assert in_utc(datetime(2031, 1, 1, 10)) == datetime(2031, 1, 1, 10, tzinfo=UTC)  # noqa: DTZ001  without one is what it is about


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    [
        at_offset(-22.5),
        at_offset(23.5),
        at_offset(14, year=1),
        at_offset(-14, year=9999, month=12, day=31),
    ],
)
def test_the_database_takes_any_and_gives_it_back(moment: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [in_utc(moment)])
        assert cursor.fetchone()[0] == in_utc(moment)
