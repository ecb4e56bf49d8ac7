"""Leading: whose a program is, found at a tenth of the cost of all that is in it."""

import msgspec
from django.db import connection

from matricula.lms.catalog.reading import ProgramWithoutOrganization, UnknownProgram, read_uuid
from matricula.lms.kernel.api import UNSTORABLE


class ProgramLead(msgspec.Struct, frozen=True):
    """A program and the organization that leads it: the first of its own."""

    id: int
    key: str
    organization_id: int


LEAD = """
SELECT program.id, program.key, (
    SELECT organization_id FROM program_organization
    WHERE program_id = program.id ORDER BY position LIMIT 1
)
FROM program
WHERE uuid = %(uuid)s OR lower(key) = lower(%(key)s)
ORDER BY uuid = %(uuid)s DESC LIMIT 1
"""


def get_program_lead(*, key: str) -> ProgramLead:
    """Return the program of that uuid, else that key (letter case ignored), in one query.

    Raises:
        UnknownProgram: there is none.
        ProgramWithoutOrganization: the catalog names none for it.
    """
    wanted, row = key.strip(), None
    if not UNSTORABLE.search(wanted):
        with connection.cursor() as cursor:
            cursor.execute(LEAD, {"key": wanted, "uuid": read_uuid(wanted)})
            row = cursor.fetchone()
    if row is None:
        raise UnknownProgram(f"There is no program {key!r}.")
    if row[2] is None:
        raise ProgramWithoutOrganization(f"Program {row[1]!r} has no organization in the catalog.")
    return ProgramLead(*row)
