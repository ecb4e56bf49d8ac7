"""Keeping what a look at the invariants has found, so that operators see when the last one was."""

from datetime import datetime
from typing import Any

import msgspec

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.integrity.checking import Finding
from matricula.lms.integrity.models import IntegrityCheck
from matricula.lms.kernel.api import Actor

KEPT = 100


class CheckOutline(msgspec.Struct, frozen=True):
    """A look at the invariants: who, when, how many, and those that were broken."""

    actor: str
    began_at: datetime
    ended_at: datetime
    checked: int
    broken: tuple[Finding, ...]


def keep_check(
    *, findings: list[Finding], by: Actor, began_at: datetime, at: datetime
) -> CheckOutline:
    """Keep what was found, and forget all but the last ``KEPT``.

    Raises:
        PermissionMissing: the actor may not check.
    """
    require_permission(by, Permission.INTEGRITY_CHECK)
    broken = [each for each in findings if each.count]
    kept = IntegrityCheck.objects.create(
        actor=by.name,
        began_at=began_at,
        ended_at=max(at, began_at),
        checked=len(findings),
        findings=msgspec.to_builtins(broken),
    )
    newest = IntegrityCheck.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT]
    IntegrityCheck.objects.exclude(pk__in=list(newest)).delete()
    return _outline(kept)


def find_last_check(*, by: Actor) -> CheckOutline | None:
    """Return the last look that was kept, or None; one query.

    Raises:
        PermissionMissing: the actor may not check.
    """
    require_permission(by, Permission.INTEGRITY_CHECK)
    found = IntegrityCheck.objects.order_by("-pk").first()
    return None if found is None else _outline(found)


def _outline(kept: IntegrityCheck) -> CheckOutline:
    findings: list[Any] = kept.findings
    return CheckOutline(
        actor=kept.actor,
        began_at=kept.began_at,
        ended_at=kept.ended_at,
        checked=kept.checked,
        broken=tuple(msgspec.convert(findings, list[Finding])),
    )
