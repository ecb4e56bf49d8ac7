"""Course run keys: ``course-v1:Organization+Number+Run``, and old ``Organization/Number/Run``."""

import re
from dataclasses import dataclass

from matricula.lms.kernel.api import Invalid

_PART = r"([\w.~:-]+)"
_FORM = re.compile(rf"course-v1:{_PART}\+{_PART}\+{_PART}")
_OLD_FORM = re.compile(rf"(?!course-v1:){_PART}/{_PART}/{_PART}")


class InvalidCourseRunKey(Invalid):
    """The text is no course run key."""

    code = "invalid-course-run-key"


@dataclass(frozen=True, slots=True)
class CourseRunKey:
    """A course run key, taken apart. One of the old form stays in it."""

    organization: str
    number: str
    run: str
    is_old_form: bool = False

    def __str__(self) -> str:
        if self.is_old_form:
            return f"{self.organization}/{self.number}/{self.run}"
        return f"course-v1:{self.organization}+{self.number}+{self.run}"

    @property
    def course_key(self) -> str:
        """The key of the run's course: ``RiverU+HYD1``."""
        return f"{self.organization}+{self.number}"

    @classmethod
    def parse(cls, text: str) -> "CourseRunKey":
        """Take a key apart.

        Raises:
            InvalidCourseRunKey: it is of neither form.
        """
        found = _FORM.fullmatch(text) or _OLD_FORM.fullmatch(text)
        if found is None:
            message = f"{text!r} is no course run key: course-v1:Organization+Number+Run."
            raise InvalidCourseRunKey(message)
        organization, number, run = found.groups()
        return cls(organization, number, run, is_old_form=found.re is _OLD_FORM)
