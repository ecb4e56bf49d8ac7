"""The inspector: whom to look for, and what to say if there is nobody."""

from typing import Any

import msgspec

from matricula.lms.accounts.api import UnknownAccount
from matricula.lms.identities.api import UnknownIdentity
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import Inspection, inspect_account, inspect_student
from matricula.lms.rest.support import sentences
from matricula.lms.rest.support.shapes import shape_inspection


class Asked(msgspec.Struct, frozen=True):
    """The fields of the tool's form. A username or address goes before the others."""

    edx_user: str = ""
    org_key: str = ""
    external_user_key: str = ""


def search(asked: Asked, *, by: Actor) -> dict[str, Any]:
    """Return the tool's answer: a person, or a sentence."""
    if asked.edx_user.strip():
        return _search_account(asked, by=by)
    if asked.org_key.strip() and asked.external_user_key.strip():
        return _search_student(asked, by=by)
    return _answer_nobody(asked, sentences.ASK_FOR_SOMEBODY)


def _search_account(asked: Asked, *, by: Actor) -> dict[str, Any]:
    try:
        return _answer(inspect_account(asked=asked.edx_user, by=by))
    except UnknownAccount:
        return _answer_nobody(asked, sentences.NO_ACCOUNT.format(asked=asked.edx_user.strip()))


def _search_student(asked: Asked, *, by: Actor) -> dict[str, Any]:
    key = asked.external_user_key
    try:
        return _answer(inspect_student(organization_key=asked.org_key, key=key, by=by))
    except UnknownIdentity:
        organization = asked.org_key.strip()
        said = sentences.NO_STUDENT.format(key=key.strip(), organization=organization)
        return _answer_nobody(asked, said)


def _answer(found: Inspection) -> dict[str, Any]:
    return {
        "error": "",
        "org_keys": found.keys[0].organization if found.keys else "",
        "learner_program_enrollments": shape_inspection(found),
    }


def _answer_nobody(asked: Asked, sentence: str) -> dict[str, Any]:
    return {
        "error": sentence,
        "org_keys": asked.org_key.strip(),
        "learner_program_enrollments": {},
    }
