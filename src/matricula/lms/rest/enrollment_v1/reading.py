"""Reading what callers of this surface say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from matricula.lms.catalog.api import CourseRunKey
from matricula.lms.course_enrollments.api import SeatsWanted, Wish
from matricula.lms.identities.api import find_address
from matricula.lms.kernel.api import UNSTORABLE, quote

MOST_NAMES = 100
"""Usernames or addresses that one filter may have."""

Wanted = TypeVar("Wanted")


class Attribute(msgspec.Struct, frozen=True):
    """Something said along with an enrollment."""

    namespace: str
    name: str
    value: str | int | float | bool | None


class Extras(msgspec.Struct, frozen=True):
    """What may come with an enrollment and changes nothing here (ADR 0014)."""

    enrollment_attributes: list[Attribute] | None = None
    cohort: str | None = None
    email_opt_in: bool | None = None
    enterprise_uuid: UUID | None = None


class AllowanceBody(msgspec.Struct, frozen=True):
    """An address and a course run."""

    email: str
    course_id: str
    auto_enroll: bool = False


@dataclass(frozen=True, slots=True)
class EnrollmentBody:
    """An enrollment that is asked for, of which only the course run has been looked at yet."""

    course_run: str
    said: Mapping[str, Any]

    @property
    def username(self) -> str | None:
        """Who is to be enrolled; None: the caller."""
        return _as_text(self.said.get("user"))

    @property
    def address(self) -> str | None:
        """The same, by address."""
        return _as_text(self.said.get("email"))

    @property
    def mode(self) -> str:
        """The mode; empty if none was said."""
        return _as_text(self.said.get("mode")) or ""

    def read_wish(self) -> Wish:
        """Return what is wished for.

        Raises:
            ParseError: something is not of the type that it must be.
        """
        extras = convert(self.said, Extras)
        attributes = extras.enrollment_attributes
        return Wish(
            mode=self.mode,
            is_active=_read_boolean(self.said, "is_active"),
            is_forced=_read_boolean(self.said, "force_enrollment") or False,
            attributes=None
            if attributes is None
            else {f"{each.namespace}:{each.name}" for each in attributes},
        )


def read_enrollment(body: object) -> EnrollmentBody:
    """Return the enrollment that a body asks for.

    Raises:
        InvalidCourseRunKey, ParseError: it does not say in which course run.
    """
    said = body if isinstance(body, dict) else {}
    details = said.get("course_details")
    course_id = details.get("course_id") if isinstance(details, dict) else None
    if not course_id:
        raise ParseError("The body must say the course run: course_details.course_id.")
    return EnrollmentBody(read_course_id(str(course_id)), said)


def read_course_id(text: str) -> str:
    """Return a course run key that has the form of one; in a query + may have become a space.

    Raises:
        InvalidCourseRunKey: it has not.
    """
    return str(CourseRunKey.parse(text.replace(" ", "+")))


def read_filters(request: Request) -> SeatsWanted:
    """Return which seats the query asks for.

    Raises:
        InvalidCourseRunKey, ParseError: a filter cannot be right.
    """
    query = request.query_params
    course_id = query.get("course_id")
    parts = _read_names(query.get("course_ids"), what="course_ids")
    said = _read_names(query.get("email"), what="email")
    addresses = None if said is None else [each.replace(" ", "+") for each in said]
    for address in addresses or ():
        if find_address(address) is None:
            raise ParseError(f"email: {quote(address)} is no e-mail address.")
    return SeatsWanted(
        course_run=read_course_id(course_id) if course_id else None,
        parts_of_runs=None if parts is None else [part.replace(" ", "+") for part in parts],
        usernames=_read_names(query.get("username"), what="username"),
        addresses=addresses,
    )


def convert(said: object, wanted: type[Wanted]) -> Wanted:
    """Return what was said as a struct; yes and no may be words.

    Raises:
        ParseError: it does not fit.
    """
    try:
        return msgspec.convert(said, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise ParseError(f"{error}.") from None


def _read_names(text: str | None, *, what: str) -> list[str] | None:
    if not text:
        return None
    names = [name.strip() for name in text.split(",")]
    if len(names) > MOST_NAMES:
        raise ParseError(f"{what}: {len(names)} are too many; {MOST_NAMES} are possible.")
    if not all(names) or UNSTORABLE.search(text):
        raise ParseError(f"{what}: {quote(text)} is no list of names with commas between.")
    return names


def _read_boolean(said: Mapping[str, Any], name: str) -> bool | None:
    value = said.get(name)
    if value is not None and not isinstance(value, bool):
        raise ParseError(f"{name} must be true or false.")
    return value


def _as_text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
