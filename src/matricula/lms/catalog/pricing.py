"""Storing the modes that course runs are offered in, with their prices."""

from collections.abc import Mapping

from matricula.lms.catalog.gathering import Fields
from matricula.lms.catalog.models import CourseRun, CourseRunMode
from matricula.lms.catalog.storing import BATCH, Stored, assign

_FIELDS = ("min_price", "currency", "expires_at", "credit_provider", "sku", "bulk_sku")


def store_modes(
    modes: Mapping[str, Mapping[str, Fields]], *, runs: Stored[CourseRun]
) -> frozenset[str]:
    """Offer each course run in exactly the modes given; return the keys of those that changed.

    ``modes`` maps the key of a course run to its modes, and those to what is said of them.
    """
    keys = {runs.id_of(key): key for key in modes}
    wanted = {
        (runs.id_of(key), mode): fields
        for key, theirs in modes.items()
        for mode, fields in theirs.items()
    }
    found = CourseRunMode.objects.filter(course_run__in=list(keys))
    stored = {(row.course_run_id, row.mode): row for row in found}
    rows = {
        place: stored.get(place) or CourseRunMode(course_run_id=place[0], mode=place[1])
        for place in wanted
    }
    differing = {place for place, fields in wanted.items() if assign(rows[place], fields)}
    written = differing | (rows.keys() - stored.keys())
    gone = stored.keys() - wanted.keys()
    if gone:
        CourseRunMode.objects.filter(pk__in=[stored[place].pk for place in gone]).delete()
    CourseRunMode.objects.bulk_create(
        [rows[place] for place in sorted(written)],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["course_run", "mode"],
        update_fields=_FIELDS,
    )
    return frozenset(keys[run_id] for run_id, _ in written | gone)
