"""Keeping copies: all that are in use brought up to date, what is superfluous forgotten."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import structlog

from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.copies.forgetting import forget_copy, forget_superfluous_copies
from matricula.registrar.copies.models import Copy
from matricula.registrar.copies.refreshing import CopyNotProven, CopyTooLarge, prove_copy
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, UnknownProgram, require_permission

log = structlog.get_logger("matricula.copy")


def keep_copies(*, by: Actor, at: datetime) -> Mapping[str, int]:
    """Refresh all copies, forget those that cannot or need not be kept; return how many each.

    Raises:
        PermissionMissing: the actor may not.
        Unavailable: the LMS is away; those that were refreshed are.
    """
    require_permission(by, Permission.COPIES_KEEP)
    counts = Counter(forgotten=forget_superfluous_copies(by=by, at=at))
    for copy in Copy.objects.select_related("program").order_by("-used_at"):
        try:
            prove_copy(program=copy.program, kind=EnrollmentKind(copy.kind), at=at)
        except (CopyTooLarge, UnknownProgram) as refusal:
            log.warning("copy forgotten", program=copy.program_id, reason=refusal.code)
            counts["forgotten"] += forget_copy(copy)
        except CopyNotProven:
            counts["not_proven"] += 1
        else:
            counts["refreshed"] += 1
    return counts
