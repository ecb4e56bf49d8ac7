"""Reading the rows of a write. What is no row at all is refused, and where it stands is told.

The whole body is refused for what is missing, null or of the wrong type, in the words and the
structure of REST framework's serializers, which clients know. Of all else each row gets its own
verdict (ADR 0013).
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from rest_framework.exceptions import ValidationError

from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.program_enrollments.api import ProgramRow
from matricula.lms.rest.program_enrollments_v1.problems import LIMIT, TooManyEnrollments

REQUIRED = "This field is required."
NULL = "This field may not be null."
BLANK = "This field may not be blank."
NO_STRING = "Not a valid string."
NO_UUID = "Must be a valid UUID."
NO_BOOLEAN = "Must be a valid boolean."

NO_CURRICULUM = "None"
"""What the Registrar sends for a program that has no active curriculum."""

Row = TypeVar("Row")


class _Fault(Exception):
    """What is wrong with a field."""


class _Fields:
    """The fields of one row, and what is wrong with them."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given
        self.faults: dict[str, list[str]] = {}

    def read(self, name: str, read: Callable[[Any], str]) -> str:
        """Return a field that must be there; an empty text if something is wrong with it."""
        if name in self.given:
            return self.read_if_there(name, read)
        return self._miss(name, REQUIRED)

    def read_if_there(self, name: str, read: Callable[[Any], str]) -> str:
        """Return a field, an empty text if it is not there."""
        value = self.given.get(name, "")
        if value is None:
            return self._miss(name, NULL)
        try:
            return read(value)
        except _Fault as fault:
            return self._miss(name, str(fault))

    def _miss(self, name: str, fault: str) -> str:
        self.faults[name] = [fault]
        return ""


def read_program_rows(body: Any, *, names_curriculum: bool) -> list[ProgramRow]:  # noqa: ANN401  whatever was sent
    """Return the rows of a program; a curriculum is read where it counts, and there it must be.

    Raises:
        TooManyEnrollments: there are more than ``LIMIT``.
        ValidationError: something is missing, null or of the wrong type.
    """

    def read_row(line: int, fields: _Fields) -> ProgramRow:
        return ProgramRow(
            line,
            fields.read("student_key", _read_text),
            fields.read("status", _read_word),
            fields.read("curriculum_uuid", _read_uuid) if names_curriculum else "",
        )

    return _read_rows(body, read_row)


def read_course_rows(body: Any, *, course_run: str) -> list[CourseRow]:  # noqa: ANN401  whatever was sent
    """Return the rows of a course run.

    Raises:
        TooManyEnrollments: there are more than ``LIMIT``.
        ValidationError: something is missing, null or of the wrong type.
    """

    def read_row(line: int, fields: _Fields) -> CourseRow:
        return CourseRow(
            line,
            fields.read("student_key", _read_text),
            course_run,
            fields.read("status", _read_word),
            fields.read_if_there("course_staff", _read_yes_or_no),
        )

    return _read_rows(body, read_row)


def _read_rows(body: Any, read_row: Callable[[int, _Fields], Row]) -> list[Row]:  # noqa: ANN401  whatever was sent
    if body is None:
        raise ValidationError({"non_field_errors": ["No data provided"]})
    if not isinstance(body, list):
        kind = type(body).__name__
        expected = f'Expected a list of items but got type "{kind}".'
        raise ValidationError({"non_field_errors": [expected]})
    rows: list[Row] = []
    faults: list[Any] = []
    for line, given in enumerate(body, start=1):
        if isinstance(given, dict):
            fields = _Fields(given)
            rows.append(read_row(line, fields))
            faults.append(fields.faults)
        else:
            faults.append(_explain_no_row(given))
    if any(faults):
        raise ValidationError(faults)
    if len(rows) > LIMIT:
        raise TooManyEnrollments(len(rows))
    return rows


def _explain_no_row(given: object) -> object:
    if given is None:
        return [NULL]
    expected = f"Invalid data. Expected a dictionary, but got {type(given).__name__}."
    return {"non_field_errors": [expected]}


def _read_text(value: object) -> str:
    """Return a text without white space around it; numbers are texts, yes and no are not."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Fault(NO_STRING)
    return str(value).strip()


def _read_word(value: object) -> str:
    word = _read_text(value)
    if not word:
        raise _Fault(BLANK)
    return word


def _read_uuid(value: object) -> str:
    if isinstance(value, str) and value.strip() == NO_CURRICULUM:
        return NO_CURRICULUM
    try:
        return _spell_uuid(value if isinstance(value, str) else "")
    except ValueError:
        raise _Fault(NO_UUID) from None


@lru_cache
def _spell_uuid(text: str) -> str:
    """Return a uuid as we write it; the rows of a call mostly name the same."""
    return str(UUID(text))


def _read_yes_or_no(value: object) -> str:
    """Return the word of a roster for it; what is no such word is the row's own trouble."""
    if isinstance(value, list | dict):
        raise _Fault(NO_BOOLEAN)
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if is_whole else value)  # type: ignore[call-overload]  # a float, if whole
