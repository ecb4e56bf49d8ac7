"""A person on the wire of edX's support tool."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from matricula.lms.learners.api import (
    BindingOnce,
    InspectedCourse,
    InspectedEnrollment,
    Inspection,
    KeyOfAccount,
    SchoolKey,
)
from matricula.lms.rest.support import sentences

NOT_VERIFIED = {
    "status": "none",
    "error": "",
    "should_display": True,
    "status_date": "",
    "verification_expiry": "",
}
"""Nobody's papers are looked at here."""


def shape_inspection(found: Inspection) -> dict[str, Any]:
    """Return a person; the tool shows nothing of whoever has no ``user``, so all have one."""
    return {
        "user": _shape_waiting(found.keys) if found.profile is None else _shape_user(found),
        "id_verification": NOT_VERIFIED,
        "enrollments": [_shape_enrollment(each) for each in found.enrollments],
    }


def shape_key(key: KeyOfAccount) -> dict[str, Any]:
    """Return a student key as the sign-on record that the tool takes it for."""
    uid = _uid(key.organization, key.value)
    return {
        "uid": uid,
        "provider": key.organization,
        "modified": _moment(key.bound_at),
        "extraData": json.dumps({"bound_via": key.via}),
        "history": [_shape_binding(each, uid, key.organization) for each in key.history],
    }


def _shape_user(found: Inspection) -> dict[str, Any]:
    assert found.profile is not None  # noqa: S101  asked for those alone who have one
    return {
        "username": found.profile.username,
        "email": found.profile.email,
        "external_user_key": found.keys[0].value if found.keys else None,
        "sso_list": [{"uid": _uid(key.organization, key.value)} for key in found.keys],
    }


def _shape_waiting(keys: Sequence[SchoolKey]) -> dict[str, Any]:
    return {
        "username": sentences.WAITING,
        "email": "",
        "external_user_key": keys[0].value if keys else None,
        "sso_list": [],
    }


def _shape_enrollment(enrollment: InspectedEnrollment) -> dict[str, Any]:
    return {
        "created": _moment(enrollment.created_at),
        "modified": _moment(enrollment.modified_at),
        "external_user_key": enrollment.student_key,
        "status": enrollment.status,
        "program_uuid": str(enrollment.program_uuid),
        "program_name": enrollment.program_title,
        "program_course_enrollments": [_shape_course(each) for each in enrollment.courses],
    }


def _shape_course(course: InspectedCourse) -> dict[str, Any]:
    return {
        "created": _moment(course.created_at),
        "modified": _moment(course.modified_at),
        "status": "active" if course.is_active else "inactive",
        "course_key": course.course_run,
        "course_url": f"/courses/{course.course_run}/course/",
        "course_enrollment": None
        if course.seat is None
        else {
            "course_id": course.course_run,
            "is_active": course.seat.is_active,
            "mode": course.seat.mode,
        },
    }


def _shape_binding(binding: BindingOnce, uid: str, provider: str) -> dict[str, Any]:
    whose = "this account" if binding.is_theirs else "another account"
    said = {"bound_via": binding.via, "bound_to": whose if binding.via else None}
    return {
        "uid": uid,
        "provider": provider,
        "modified": _moment(binding.since),
        "extraData": json.dumps(said),
    }


def _uid(organization: str, key: str) -> str:
    return f"{organization}:{key}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
