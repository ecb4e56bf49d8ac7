"""Course run keys: ``course-v1:Organization+Number+Run``."""

import re
from dataclasses import dataclass

from matricula.lms.kernel.api import Invalid

_PARTS = re.compile(r"course-v1:([\w.~-]+)\+([\w.~-]+)\+([\w.~-]+)")


class InvalidCourseRunKey(Invalid):
    """The text is no course run key."""

    code = "invalid-course-run-key"


@dataclass(frozen=True, slots=True)
class CourseRunKey:
    """A course run key, taken apart."""

    organization: str
    number: str
    run: str

    def __str__(self) -> str:
        return f"course-v1:{self.organization}+{self.number}+{self.run}"

    @property
    def course_key(self) -> str:
        """The key of the run's course: ``RiverU+HYD1``."""
        return f"{self.organization}+{self.number}"

    @classmethod
    def parse(cls, text: str) -> "CourseRunKey":
        """Take a key apart.

        Raises:
            InvalidCourseRunKey: it is not of that form.
        """
        found = _PARTS.fullmatch(text)
        if found is None:
            message = f"{text!r} is no course run key: course-v1:Organization+Number+Run."
            raise InvalidCourseRunKey(message)
        return cls(*found.groups())
