"""Believing: the provider behind the example school's sign-on, where anybody may be anybody.

Its protocol is that of a stand-in meant for tests; the page that people see is ours.
"""

import os
from importlib.resources import files
from typing import TYPE_CHECKING

from matricula.cli.example.cataloging import SCHOOL_NAME
from matricula.cli.example.inventing import School, Student

if TYPE_CHECKING:
    from flask import Flask

CLAIM = "student_number"
SHOWN = 3
"""Of the intake, so many can be chosen."""


def run_provider(school: School, *, port: int) -> None:
    """Be the provider until told to stop; it knows some who have no account, and the star."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # it is on this machine alone
    make_provider(school).run(host="127.0.0.1", port=port, debug=False, threaded=True)


def make_provider(school: School) -> "Flask":
    """Make the application, which has this school's people and a page to choose from them."""
    from jinja2 import ChoiceLoader, FileSystemLoader  # noqa: PLC0415  comes with the provider
    from oidc_provider_mock import User, app  # noqa: PLC0415  the extra `example` alone brings it

    groups = list_people(school)
    people = [each for _, group in groups for each in group]
    provider: Flask = app(
        user_claims=[User(sub=each.handle, claims=_claim(each)) for each in people]
    )
    ours = FileSystemLoader(str(files("matricula.cli.example") / "templates"))
    theirs = provider.jinja_loader
    provider.jinja_loader = ChoiceLoader([ours, *([theirs] if theirs else [])])
    provider.jinja_env.globals.update(school=SCHOOL_NAME, groups=groups)
    return provider


def list_people(school: School) -> list[tuple[str, list[Student]]]:
    """Return whom one can be, under headings that say what they have."""
    intake = [each.student for each in school.intake[:SHOWN]]
    return [
        ("In the file to upload at the Registrar", intake),
        ("In two programs already", list(school.newcomers)),
        ("With an account already", [school.star]),
    ]


def _claim(student: Student) -> dict[str, object]:
    return {
        CLAIM: student.key,
        "preferred_username": student.handle,
        "name": student.name,
        "email": student.email,
        "email_verified": True,
    }
