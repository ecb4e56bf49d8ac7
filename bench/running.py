"""All that is measured, in order, and where the figures go."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import django
from rich.console import Console
from rich.table import Table

django.setup()

from django.core.management import call_command  # noqa: E402  Django's models need it set up

from bench import bare, database  # noqa: E402
from bench.asking import measure_questions  # noqa: E402
from bench.calling import measure_calls  # noqa: E402
from bench.claiming import measure_claim  # noqa: E402
from bench.growing import measure_growth  # noqa: E402
from bench.measuring import Result, progress  # noqa: E402
from bench.reading import measure_reads  # noqa: E402
from bench.uploading import measure_registrar  # noqa: E402
from bench.writing import measure_course_writes, measure_program_writes  # noqa: E402

MEASURES: dict[str, Callable[[int], list[Result]]] = {
    "programs": measure_program_writes,
    "courses": measure_course_writes,
    "growth": measure_growth,
    "claim": measure_claim,
    "reads": measure_reads,
    "questions": measure_questions,
    "calls": measure_calls,
    "registrar": measure_registrar,
}


def measure(*, only: Sequence[str] | None, rows: int) -> int:
    """Measure what is chosen, or all, and report; the answer is the exit status."""
    unknown = set(only or ()) - MEASURES.keys()
    if unknown:
        progress(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}.")
        return 2
    for name in (database.SMALL, database.NAME):
        database.switch_to(name)
        call_command("migrate", verbosity=0, interactive=False)
        database.quiet(*database.LEARNERS)
    bare.make_copies()
    database.quiet(*(f"{database.PREFIX}{table}" for table in bare.TABLES))
    results = [
        result
        for name, take in MEASURES.items()
        if not only or name in only
        for result in take(rows)
    ]
    _report(results)
    return 0 if all(result.ok for result in results) else 1


def _report(results: Sequence[Result]) -> None:
    table = Table("what", "ratio", "limit", "", "detail")
    for each in results:
        verdict = "ok" if each.ok else "MISSED"
        table.add_row(each.name, f"{each.ratio:.2f}", each.bound, verdict, each.detail)
    Console(width=None).print(table)
    figures = [
        {
            "name": each.name,
            "ratio": round(each.ratio, 3),
            "limit": each.limit,
            "ok": each.ok,
            "detail": f"{each.bound}; {each.detail}",
        }
        for each in results
    ]
    path = Path("var/bench.json")
    path.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
