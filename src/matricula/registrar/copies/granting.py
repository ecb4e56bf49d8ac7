"""Granting wishes for copies, one after another; what cannot be granted says why."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import structlog
from django.utils.translation import gettext as _

from matricula.lms_client.api import EnrollmentKind, LmsNotFound
from matricula.registrar.copies.models import CopiedHistory, CopyWish
from matricula.registrar.copies.refreshing import prove_copy
from matricula.registrar.kernel.api import Actor, reaching_lms
from matricula.registrar.partners.api import (
    Permission,
    Program,
    UnknownProgram,
    require_permission,
)
from matricula.service.refusals import Refusal

log = structlog.get_logger("matricula.copy")


def grant_wishes(*, by: Actor, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Grant all wishes, the oldest first, and return how many were; the rest say their trouble.

    Raises:
        PermissionMissing: the actor may not.
    """
    require_permission(by, Permission.COPIES_KEEP)
    granted = 0
    while not is_stopping():
        wish = _find_oldest()
        if wish is None:
            break
        granted += _grant(wish)
    return granted


def _find_oldest() -> CopyWish | None:
    found = CopyWish.objects.select_related("program").filter(ended_at=None)
    return found.order_by("asked_at", "pk").first()


def _grant(wish: CopyWish) -> bool:
    program = wish.program
    try:
        prove_copy(program=program, kind=EnrollmentKind.PROGRAM_ENROLLMENTS, at=datetime.now(UTC))
        _read_history(program)
    except Refusal as refusal:
        log.warning("wish for a copy not granted", program=program.pk, reason=refusal.code)
        _end(wish, code=refusal.code, trouble=str(refusal))
        return False
    _end(wish)
    return True


def _read_history(program: Program) -> None:
    try:
        with reaching_lms() as lms:
            months = lms.list_history(program.key)
    except LmsNotFound:
        raise UnknownProgram(
            _("The LMS no longer has the program %(key)s.") % {"key": program.key}
        ) from None
    CopiedHistory.objects.update_or_create(
        program=program,
        defaults={"months": msgspec.to_builtins(months), "read_at": datetime.now(UTC)},
    )


def _end(wish: CopyWish, *, code: str = "", trouble: str = "") -> None:
    CopyWish.objects.filter(pk=wish.pk).update(
        ended_at=datetime.now(UTC), code=code, trouble=trouble
    )
