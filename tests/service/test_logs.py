"""What the log says of errors: places, and no words."""

import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from django.db import IntegrityError

from matricula.service.logs import configure_logs
from tests import given

NAME, ADDRESS = "mira", "mira@example.org"


@pytest.fixture
def stream() -> Iterator[StringIO]:
    seen = StringIO()
    yield seen
    configure_logs(as_json=True)


def listen(stream: StringIO, *, as_json: bool) -> None:
    configure_logs(as_json=as_json)
    [handler] = [
        each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler
    ]
    handler.setStream(stream)


def fail() -> None:
    try:
        dict[str, str]()[NAME]
    except KeyError as error:
        raise ValueError(ADDRESS) from error


def test_errors_are_told_by_type_and_place(stream: StringIO) -> None:
    listen(stream, as_json=True)
    try:
        fail()
    except ValueError as error:
        structlog.get_logger("matricula.test").error("trouble", exc_info=error)
    line = json.loads(stream.getvalue())
    assert [error["type"] for error in line["errors"]] == [
        "builtins.KeyError",
        "builtins.ValueError",
    ]
    assert "in fail" in line["errors"][1]["places"][-1]
    assert NAME not in stream.getvalue()


@pytest.mark.django_db(transaction=True)
def test_of_the_database_s_errors_code_and_constraint_are_told(stream: StringIO) -> None:
    given.account("mira")
    noah = given.account("noah")
    listen(stream, as_json=True)
    noah.username = "MIRA"
    with pytest.raises(IntegrityError) as refused:
        noah.save()
    assert "mira" in str(refused.value)
    structlog.get_logger("matricula.test").error("trouble", exc_info=refused.value)
    first, second = json.loads(stream.getvalue())["errors"]
    assert (first["type"], first["sqlstate"], first["constraint"]) == (
        "psycopg.errors.UniqueViolation",
        "23505",
        "one_account_per_username",
    )
    assert second["type"] == "django.db.utils.IntegrityError"
    assert "(mira)" not in stream.getvalue()


def test_so_are_those_of_libraries(stream: StringIO) -> None:
    listen(stream, as_json=True)
    try:
        fail()
    except ValueError:
        logging.getLogger("some.library").exception("trouble")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"]) == ("trouble", "error")
    assert [error["type"] for error in line["errors"]][-1] == "builtins.ValueError"
    assert NAME not in stream.getvalue()


def test_a_line_without_an_error_has_none(stream: StringIO) -> None:
    listen(stream, as_json=True)
    structlog.get_logger("matricula.test").error("trouble", exc_info=True)
    assert sys.exc_info() == (None, None, None)
    assert "errors" not in json.loads(stream.getvalue())


def test_people_who_develop_see_words(stream: StringIO) -> None:
    listen(stream, as_json=False)
    try:
        fail()
    except ValueError as error:
        structlog.get_logger("matricula.test").error("trouble", exc_info=error)
    assert ADDRESS in stream.getvalue()
