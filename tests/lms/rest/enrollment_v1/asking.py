"""The addresses of the surface, and somebody who may do everything on it."""

from collections.abc import Sequence
from typing import Any

from rest_framework.test import APIClient

from matricula.lms.catalog.api import CourseRun, CourseRunMode
from tests import given
from tests.calling import calling_with

BASE = "/api/enrollment/v1"
ENROLLMENT = f"{BASE}/enrollment"
KEY = "course-v1:RiverU+HYD1+2031_T1"

Body = dict[str, Any]


def a_run(
    number: str = "HYD1", *, modes: Sequence[str] = ("audit", "honor", "verified")
) -> CourseRun:
    run = given.course_run(number)
    for mode in modes:
        CourseRunMode.objects.create(course_run=run, mode=mode)
    return run


def staff(username: str = "staff") -> APIClient:
    return calling_with("write", school_key=None, username=username)


def asked(course_id: object = KEY, **more: object) -> Body:
    return {"course_details": {"course_id": course_id}, **more}
