"""The shape in which catalogs come: course-discovery's, as far as it is used here.

What a record does not say stays as it is stored. A list that is said is the whole list.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from matricula.lms.organizations.api import OrganizationRecord

Text = str | None | UnsetType
Moment = datetime | None | UnsetType


class SeatRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A mode in which a course run is offered, ``type``; discovery calls it a seat.

    It is said whole: what it leaves out is empty, and the price nothing.
    """

    type: str
    price: Decimal | None = None
    currency: str | None = None
    upgrade_deadline: datetime | None = None
    credit_provider: str | None = None
    sku: str | None = None
    bulk_sku: str | None = None


class CourseRunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A course run. A moment without a time zone is in UTC.

    Of several seats of one type, as discovery has them for several currencies or credit providers,
    the first counts.
    """

    key: str
    external_key: Text = UNSET
    title: Text = UNSET
    marketing_url: Text = UNSET
    start: Moment = UNSET
    end: Moment = UNSET
    enrollment_start: Moment = UNSET
    enrollment_end: Moment = UNSET
    pacing_type: Text = UNSET
    invite_only: bool | UnsetType | None = UNSET
    seats: tuple[SeatRecord, ...] | UnsetType = UNSET


class CourseRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A course, and those of its runs that belong to the program it stands in."""

    key: str
    title: Text = UNSET
    marketing_url: Text = UNSET
    course_runs: tuple[CourseRunRecord, ...] = ()


class CurriculumRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a program; a new one is active unless it says otherwise.

    ``programs`` are nested in it: whole records, or ones that say their uuid alone.
    """

    uuid: UUID
    name: Text = UNSET
    is_active: bool | UnsetType = UNSET
    courses: tuple[CourseRecord, ...] | UnsetType = UNSET
    programs: tuple["ProgramRecord", ...] | UnsetType = UNSET


class ProgramRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A program. ``key`` and ``mode`` are ours: its short name, and the course mode it grants.

    If they are not said, a new program's key is its marketing slug unless that is taken, else its
    uuid; and its mode is that of its type.
    """

    uuid: UUID
    key: Text = UNSET
    title: Text = UNSET
    type: Text = UNSET
    status: Text = UNSET
    marketing_slug: Text = UNSET
    marketing_url: Text = UNSET
    mode: Text = UNSET
    authoring_organizations: tuple[OrganizationRecord, ...] | UnsetType = UNSET
    courses: tuple[CourseRecord, ...] | UnsetType = UNSET
    curricula: tuple[CurriculumRecord, ...] | UnsetType = UNSET

    @property
    def is_reference(self) -> bool:
        """Whether it says nothing but which program it is."""
        return self == ProgramRecord(uuid=self.uuid)

    @property
    def name(self) -> str:
        """What to call it in a message."""
        known = [word for word in (self.title, self.key, self.marketing_slug) if word]
        return f"{known[0]!r} ({self.uuid})" if known else str(self.uuid)
