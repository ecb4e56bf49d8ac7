"""``matricula fsck``: everything that must hold, looked at."""

import typer

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, say, show_json, show_table
from matricula.lms.integrity.api import check_integrity, keep_check


def fsck(*, as_json: Json = False) -> None:
    """Check every invariant of the stored enrollments; exit status 1 if one is broken.

    What was found is kept, for operators to see.
    """
    by, began_at = operator(), now()
    findings = check_integrity(by=by)
    keep_check(findings=findings, by=by, began_at=began_at, at=now())
    broken = [finding for finding in findings if finding.count]
    if as_json:
        show_json({"checked": len(findings), "findings": broken})
    elif broken:
        show_table(
            ["severity", "invariant", "rows", "of", "for example"],
            [
                (each.severity, each.invariant, each.count, each.subject, list(each.ids))
                for each in broken
            ],
        )
    else:
        say(f"All {len(findings)} invariants hold.")
    if broken:
        raise typer.Exit(1)
