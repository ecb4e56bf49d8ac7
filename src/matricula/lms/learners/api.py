"""The door of learners."""

from matricula.lms.learners.finding import Learner, get_learner, get_named_learner
from matricula.lms.learners.picturing import Picture, picture_learner
from matricula.lms.learners.recalling import (
    NotThereYet,
    PastCourseEnrollment,
    PastProgramEnrollment,
    list_course_enrollments_as_of,
    list_program_enrollments_as_of,
    picture_learner_as_of,
)

__all__ = [
    "Learner",
    "NotThereYet",
    "PastCourseEnrollment",
    "PastProgramEnrollment",
    "Picture",
    "get_learner",
    "get_named_learner",
    "list_course_enrollments_as_of",
    "list_program_enrollments_as_of",
    "picture_learner",
    "picture_learner_as_of",
]
