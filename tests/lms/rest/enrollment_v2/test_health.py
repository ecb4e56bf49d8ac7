"""Whether the service works."""

import pytest
from django.db import connection

from tests.calling import calling_anonymously
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.enrollment_v2.asking import V2, refused


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health", "/health/", V2 + "health"])
def test_all_is_well(path: str) -> None:
    caller = calling_anonymously()
    answer = caller.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert count_statements(lambda: caller.get(path)) == 1


@pytest.mark.django_db(transaction=True)
def test_without_its_database_it_is_not() -> None:
    settings, kept = connection.settings_dict, connection.settings_dict.copy()
    connection.close()
    settings["HOST"] = "/nowhere"
    try:
        answer = calling_anonymously().get("/health")
    finally:
        settings.update(kept)
        connection.close()
    refused(answer, 503, "database-away")
    assert answer["Retry-After"] == "5"
