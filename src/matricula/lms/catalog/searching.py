"""Searching for programs by what people call them."""

from matricula.lms.catalog.models import Program
from matricula.lms.kernel.api import UNSTORABLE


def list_programs_titled(*, title: str) -> list[int]:
    """Return the ids of the programs with that in their title, letter case ignored; one query."""
    wanted = title.strip()
    if not wanted or UNSTORABLE.search(wanted):
        return []
    found = Program.objects.filter(title__icontains=wanted).order_by("pk")
    return list(found.values_list("pk", flat=True))
