"""Enrolling one account in one course run: by itself in what is open, or by whoever may.

What is written is a direct grant of the account's own identity, and nothing that a program or
somebody else has given is touched (ADR 0014).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from matricula.lms.access.api import Permission, has_permission, require_permission
from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.catalog.api import CourseRunDescription, OfferedMode
from matricula.lms.course_enrollments.granting import DEFAULT_MODE, DirectRow, grant_directly
from matricula.lms.course_enrollments.holding import HeldSeat, highest_mode, read_seat
from matricula.lms.course_enrollments.leaving import leave_runs
from matricula.lms.identities.api import Kind, account_itself
from matricula.lms.kernel.api import (
    Action,
    Actor,
    ActorKind,
    Conflict,
    Invalid,
    Lock,
    NotAllowed,
    WriteMode,
    lock_until_commit,
    quote,
)

SELECTABLE_MODES = ("audit", "honor")
"""What learners may choose; the first that a run offers is theirs if they choose none."""

REQUIRED_ATTRIBUTES: Mapping[str, Collection[str]] = {"credit": {"credit:provider_id"}}
"""What must be said along with a change to a mode by whoever says anything along with it."""


class ModeNotSelectable(NotAllowed):
    """Learners do not give themselves this mode."""

    code = "mode-not-selectable"


class ModeNotOffered(Invalid):
    """The course run is not offered in this mode, or no longer."""

    code = "mode-not-offered"


class EnrollmentClosed(Conflict):
    """It is not the time of enrolling, or the course run is for those who are invited."""

    code = "enrollment-closed"


class LeavingInAnotherMode(Invalid):
    """Who leaves cannot change to another mode at once."""

    code = "leaving-in-another-mode"


class AttributesMissing(Invalid):
    """Something that the mode needs is not among the attributes."""

    code = "attributes-missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is asked for. An empty ``mode`` and None leave a side open.

    ``is_forced`` lets in although enrollment is closed, if the actor may. ``attributes`` are the
    names of those that were said, as ``credit:provider_id``; None if nothing was.
    """

    mode: str = ""
    is_active: bool | None = None
    is_forced: bool = False
    attributes: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class _Grant:
    mode: str
    is_active: bool


def enroll_account(
    *, account: Account, course_run: CourseRunDescription, wish: Wish, by: Actor, at: datetime
) -> HeldSeat:
    """Enroll an account, change its enrollment, or end what was granted to it directly.

    Returns the seat as it is then, which programs may give besides. Whoever may write everywhere
    changes and ends; anybody else enrolls themselves, and finds what is there already unchanged.
    Two calls at once make one grant.

    Raises:
        AttributesMissing, LeavingInAnotherMode, ModeNotOffered: it cannot be.
        EnrollmentClosed: not now, or not without an invitation.
        ModeNotSelectable: learners do not give themselves that mode.
        PermissionMissing: it is somebody else's account.
        UnknownAccount: it is retired.
    """
    is_privileged = require_enrolling(account_id=account.pk, mode=wish.mode, by=by)
    with transaction.atomic():
        lock_until_commit(Lock.MENTION, [0], shared=True)
        lock_until_commit(Lock.DIRECT_ENROLLMENTS, [course_run.id])
        seat = read_seat(account_id=account.pk, course_run_id=course_run.id)
        if is_privileged and seat and _is_different(wish, seat):
            if wish.is_active is False:
                _leave(seat, wish, by=by, at=at)
            else:
                grant = _choose_change(seat, wish, course_run, by=by, at=at)
                _write(account, course_run, grant, by=by, at=at)
        elif made := _choose_new(seat, wish, course_run, may_force=is_privileged, at=at):
            _write(account, course_run, made, by=by, at=at)
        then = read_seat(account_id=account.pk, course_run_id=course_run.id)
    if then is None:
        raise UnknownAccount("There is no such account, or it is retired.")
    return then


def require_enrolling(*, account_id: int, mode: str, by: Actor) -> bool:
    """Tell whether the actor may write everywhere, and not just enroll themselves.

    Raises:
        ModeNotSelectable: they may not, and learners do not give themselves that mode.
        PermissionMissing: they may do neither.
    """
    if has_permission(by, Permission.ENROLLMENTS_WRITE):
        return True
    require_permission(by, Permission.SEATS_TAKE, account_id=account_id)
    if mode and mode not in SELECTABLE_MODES:
        raise ModeNotSelectable(f"Learners cannot enroll themselves in the mode {quote(mode)}.")
    return False


def choose_default_mode(modes: Sequence[OfferedMode], *, at: datetime) -> str:
    """Return the mode of whoever says none."""
    open_modes = {each.mode for each in modes if not each.has_expired(at=at)}
    return next((mode for mode in SELECTABLE_MODES if mode in open_modes), DEFAULT_MODE)


def _is_different(wish: Wish, seat: HeldSeat) -> bool:
    return (bool(wish.mode) and wish.mode != seat.mode) or (
        wish.is_active is not None and wish.is_active != seat.is_active
    )


def _leave(seat: HeldSeat, wish: Wish, *, by: Actor, at: datetime) -> None:
    if wish.mode and wish.mode != seat.mode:
        raise LeavingInAnotherMode(
            f"The enrollment has the mode {seat.mode!r}: end it, or change it to "
            f"{quote(wish.mode)}, but not both at once."
        )
    if any(grant.is_active for grant in seat.direct_grants):
        run_ids = [seat.course_run_id]
        leave_runs(account_id=seat.account_id, run_ids=run_ids, by=by, at=at)


def _choose_change(
    seat: HeldSeat, wish: Wish, course_run: CourseRunDescription, *, by: Actor, at: datetime
) -> _Grant:
    """Return what the direct grant is to be; without a mode it keeps the one it has."""
    mode = wish.mode
    if mode:
        # Who confirms a purchase may do so after the mode has expired.
        is_late = by.kind is ActorKind.SERVER
        _require_offered(mode, course_run, at=at, may_be_expired=is_late)
        missing = REQUIRED_ATTRIBUTES.get(mode, frozenset())
        if wish.attributes and not set(missing) <= set(wish.attributes):
            raise AttributesMissing(f"The mode {mode!r} needs {', '.join(missing)}.")
    elif seat.direct_grants:
        mode = highest_mode(seat.direct_grants)
    else:
        mode = choose_default_mode(course_run.modes, at=at)
    is_active = seat.is_active if wish.is_active is None else wish.is_active
    return _Grant(mode, is_active)


def _choose_new(
    seat: HeldSeat | None,
    wish: Wish,
    course_run: CourseRunDescription,
    *,
    may_force: bool,
    at: datetime,
) -> _Grant | None:
    """Return the direct grant of somebody who comes in, or None for who is in already.

    A mode that they once had and have no longer does not come back by itself.
    """
    mode = wish.mode or choose_default_mode(course_run.modes, at=at)
    _require_offered(mode, course_run, at=at, may_be_expired=wish.is_active is False)
    if not (may_force and wish.is_forced):
        _require_open(seat, course_run, at=at)
    if seat and seat.is_active:
        return None
    return _Grant(mode, is_active=wish.is_active is not False)


def _require_offered(
    mode: str, course_run: CourseRunDescription, *, at: datetime, may_be_expired: bool
) -> None:
    offered = [
        each.mode for each in course_run.modes if may_be_expired or not each.has_expired(at=at)
    ]
    if mode not in offered:
        raise ModeNotOffered(
            f"The course run {course_run.key} is not offered in the mode {quote(mode)}; "
            f"it is in {', '.join(offered) or 'none'}."
        )


def _require_open(
    seat: HeldSeat | None, course_run: CourseRunDescription, *, at: datetime
) -> None:
    if seat and any(grant.kind == Kind.EMAIL for grant in seat.direct_grants):
        return  # an address of theirs was allowed in, at any time and without further invitation
    if course_run.is_invitation_only:
        raise EnrollmentClosed(f"The course run {course_run.key} is for invited learners only.")
    if not course_run.is_enrollment_open(at=at):
        raise EnrollmentClosed(f"Enrollment in {course_run.key} is closed.")


def _write(
    account: Account, course_run: CourseRunDescription, grant: _Grant, *, by: Actor, at: datetime
) -> None:
    own = account_itself(account.uuid)
    row = DirectRow(1, own, course_run.id, grant.mode, grant.is_active)
    [judged] = grant_directly(rows=[row], mode=WriteMode.UPSERT, by=by, at=at)
    if judged.action is Action.REFUSE:
        raise UnknownAccount(f"{judged.reason.capitalize()}.")
