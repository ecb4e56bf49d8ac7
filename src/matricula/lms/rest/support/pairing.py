"""The linking tool: lines of text in, sentences out."""

import csv
from collections.abc import Sequence
from io import StringIO
from uuid import UUID

from matricula.lms.catalog.api import (
    ProgramOutline,
    ProgramWithoutOrganization,
    UnknownProgram,
    get_program,
)
from matricula.lms.kernel.api import Invalid
from matricula.lms.program_enrollments.api import LinkVerdict, StudentLink
from matricula.lms.rest.support import sentences


class Unpairable(Invalid):
    """The form cannot be used at all; the message is for the agent."""

    code = "unpairable"


SENTENCES = {
    LinkVerdict.REPEATED: sentences.REPEATED,
    LinkVerdict.UNKNOWN_ACCOUNT: sentences.NO_USER,
    LinkVerdict.RETIRED_ACCOUNT: sentences.RETIRED,
    LinkVerdict.NOT_IN_PROGRAM: sentences.NOT_ENROLLED,
}


def find_program(text: str) -> ProgramOutline:
    """Return the program of a uuid.

    Raises:
        Unpairable: it is no uuid, or no program's.
    """
    try:
        return get_program(key=str(UUID(text.strip())))
    except ValueError:
        raise Unpairable(sentences.BAD_UUID.format(program_uuid=text.strip())) from None
    except (UnknownProgram, ProgramWithoutOrganization):
        raise unknown_program(text) from None


def unknown_program(text: str) -> Unpairable:
    """Return what is said of a program that does not exist, or not for the agent."""
    return Unpairable(sentences.NO_PROGRAM.format(program_uuid=text.strip()))


def read_links(text: str) -> list[StudentLink]:
    """Return the pairs of a text, a line each; empty lines and further columns do not count.

    Raises:
        Unpairable: a line has not both halves.
    """
    lines = csv.reader(StringIO(text, newline=""))
    links = []
    try:
        for fields in lines:
            key, username = (field.strip() for field in (*fields, "", "")[:2])
            if key and username:
                links.append(StudentLink(key, username))
            elif any(field.strip() for field in fields):
                raise Unpairable(sentences.HALF_A_PAIR.format(line=lines.line_num))
    except csv.Error as error:
        raise Unpairable(sentences.UNREADABLE.format(fault=error)) from None
    return links


def tell(links: Sequence[StudentLink], verdicts: Sequence[LinkVerdict]) -> dict[str, list[str]]:
    """Return what was linked, and a sentence for what was not; each is said once.

    The tool takes each success apart at its comma, and shows errors as they are.
    """
    successes: dict[str, None] = {}
    errors: dict[str, None] = {}
    for link, verdict in zip(links, verdicts, strict=True):
        if sentence := SENTENCES.get(verdict):
            errors[sentence.format(key=link.student_key, username=link.username)] = None
        else:
            successes[f"('{link.student_key}', '{link.username}')"] = None
    return {"successes": list(successes), "errors": list(errors)}
