import pytest
from django.db import connection

from matricula.lms.kernel.api import DatabaseAway, require_database
from tests.lms.kernel.seeing import count_statements


@pytest.mark.django_db
def test_a_database_that_answers_is_there() -> None:
    assert count_statements(require_database) == 1


@pytest.mark.django_db(transaction=True)
def test_one_that_does_not_is_away() -> None:
    settings, kept = connection.settings_dict, connection.settings_dict.copy()
    connection.close()
    settings["HOST"] = "/nowhere"
    try:
        with pytest.raises(DatabaseAway):
            require_database()
    finally:
        settings.update(kept)
        connection.close()
