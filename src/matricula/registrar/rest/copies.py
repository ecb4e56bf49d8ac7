"""What is kept here of a program's enrollments, told as a copy and never as the truth."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.registrar.copies.api import CopyOutline, describe_copies
from matricula.registrar.partners.api import Permission
from matricula.registrar.rest.describing import describe
from matricula.registrar.rest.viewing import ProgramView


class CopyShape(msgspec.Struct, frozen=True, kw_only=True):
    """A copy; ``is_current`` is null where the LMS did not say whether it is."""

    source: str = "copy"
    kind: str
    rows: int
    counts: Mapping[str, int]
    digest: str
    proven_at: datetime
    age_seconds: int
    is_current: bool | None


class CopiesShape(msgspec.Struct, frozen=True):
    """The copies of a program."""

    program_key: str
    copies: Sequence[CopyShape]


class ProgramCopy(ProgramView):
    """The copies of one program."""

    @describe(answers={200: CopiesShape}, refuses=[404])
    def get(self, request: Request, key: str) -> Response:
        """Describe the copies that files are compared with, and ask the LMS if they are current.

        They are no source of enrollments: download those.
        """
        del request
        program = self.permit(key, Permission.READ_ENROLLMENTS).program
        copies = describe_copies(program=program, by=self.by, at=self.at)
        return Response(CopiesShape(program.key, [shape_copy(copy) for copy in copies]))


def shape_copy(copy: CopyOutline) -> CopyShape:
    """Return a copy as it is told."""
    return CopyShape(
        kind=copy.kind.value,
        rows=copy.rows,
        counts=copy.counts or {},
        digest=copy.digest,
        proven_at=copy.proven_at,
        age_seconds=copy.age_seconds,
        is_current=copy.is_current,
    )
