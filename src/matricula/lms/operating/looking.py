"""Looking at how the platform runs, all at once."""

from datetime import datetime

import msgspec

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.addresses.api import GivenUpMail, list_given_up_mail
from matricula.lms.changes.api import FollowerFigure, list_followers
from matricula.lms.integrity.api import CheckOutline, find_last_check
from matricula.lms.kernel.api import Actor
from matricula.lms.operating.measuring import Ledger, Size, measure_ledger, measure_size
from matricula.lms.operating.queueing import (
    FailedTask,
    Queue,
    RosterJobFigure,
    Worker,
    count_queue,
    list_failed_tasks,
    list_roster_jobs,
    list_workers,
)

MAIL_SHOWN = 20


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How the platform runs; of mail that was given up one more than is shown, if there is."""

    queue: Queue
    failed: tuple[FailedTask, ...]
    workers: tuple[Worker, ...]
    roster_jobs: tuple[RosterJobFigure, ...]
    mail: tuple[GivenUpMail, ...]
    ledger: Ledger
    followers: tuple[FollowerFigure, ...]
    check: CheckOutline | None
    size: Size


def look_at_platform(*, by: Actor, at: datetime) -> Figures:
    """Return how the platform runs, in ten queries after the permission, however much there is.

    Raises:
        PermissionMissing: the actor may not operate the platform, or not check it.
    """
    require_permission(by, Permission.PLATFORM_OPERATE)
    return Figures(
        queue=count_queue(at=at),
        failed=tuple(list_failed_tasks()),
        workers=tuple(list_workers(at=at)),
        roster_jobs=tuple(list_roster_jobs()),
        mail=tuple(list_given_up_mail(limit=MAIL_SHOWN + 1, by=by)),
        ledger=measure_ledger(),
        followers=tuple(list_followers(by=by, at=at)),
        check=find_last_check(by=by),
        size=measure_size(),
    )
