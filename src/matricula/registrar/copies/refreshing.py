"""Refreshing a copy: one call when nothing has changed, else the buckets that differ, no more."""

import time
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from matricula.lms_client.api import (
    Bucket,
    Digest,
    EnrollmentKind,
    Lms,
    LmsNotFound,
    digest_buckets,
    list_differing_buckets,
)
from matricula.registrar.copies.counting import count_rows
from matricula.registrar.copies.locking import lock_copy
from matricula.registrar.copies.models import Copy
from matricula.registrar.copies.proving import read_buckets
from matricula.registrar.copies.replacing import replace_buckets
from matricula.registrar.kernel.api import Actor, reaching_lms
from matricula.registrar.partners.api import (
    Permission,
    Program,
    UnknownProgram,
    require_permission,
)
from matricula.service.refusals import Conflict, Unavailable

TRIES = 3

log = structlog.get_logger("matricula.copy")


class CopyTooLarge(Conflict):
    """The program has more rows than all copies together may have."""

    code = "copy-too-large"


class CopyNotProven(Unavailable):
    """What was fetched never was what the LMS held: it goes on changing."""

    code = "copy-not-proven"


def refresh_copy(*, program: Program, kind: EnrollmentKind, by: Actor, at: datetime) -> Copy:
    """Bring a copy up to date, or make it, and return it proven. All of it changes, or nothing.

    Whoever comes while it is being done waits, and then takes what is there.

    Raises:
        CopyNotProven: the LMS changes faster than it can be read.
        CopyTooLarge: the program has too many rows to be copied.
        PermissionMissing: the actor may not.
        Unavailable: the LMS cannot be read; the copy is as it was.
        UnknownProgram: the LMS no longer has the program.
    """
    require_permission(by, Permission.COPIES_KEEP)
    return prove_copy(program=program, kind=kind, at=at)


@transaction.atomic
def prove_copy(*, program: Program, kind: EnrollmentKind, at: datetime) -> Copy:
    """Do what ``refresh_copy`` does, for who has the permission for something greater."""
    begun = time.monotonic()
    lock_copy(program, kind)
    copy, is_new = Copy.objects.get_or_create(
        program=program,
        kind=kind.value,
        defaults={"digest": "", "rows": 0, "proven_at": at, "used_at": at},
    )
    if not is_new and copy.proven_at >= at:  # by whom we have waited for
        return copy
    copy.proven_at = at + timedelta(seconds=time.monotonic() - begun)
    known = copy.digest
    try:
        with reaching_lms() as lms:
            _bring(lms, copy)
    except LmsNotFound:
        raise UnknownProgram(
            _("The LMS no longer has the program %(key)s.") % {"key": program.key}
        ) from None
    if copy.counts is None or copy.digest != known:
        copy.counts = count_rows(copy)
    copy.save()
    return copy


def _bring(lms: Lms, copy: Copy) -> None:
    said = _ask(lms, copy)
    if said.digest == copy.digest:
        return
    known: list[Bucket] = read_buckets(copy)
    wanted = set(list_differing_buckets(known, said))
    for attempt in range(TRIES):
        if wanted:
            _fetch(lms, copy, said, wanted)
            known = read_buckets(copy)
        if _is_proven(copy, known, said):
            return
        # The rows may be newer than the digest: then the next one is theirs.
        said = _ask(lms, copy)
        if _is_proven(copy, known, said):
            return
        log.warning("copy not proven", program=copy.program_id, kind=copy.kind, attempt=attempt)
        wanted = {each.bucket for each in (*known, *said.buckets)}  # all, whatever differs
    raise CopyNotProven(_("The program's enrollments change faster than they can be read."))


def _ask(lms: Lms, copy: Copy) -> Digest:
    said = lms.get_digest(copy.program.key, EnrollmentKind(copy.kind))
    if said.rows > settings.COPY_ROWS:
        rows = number_format(said.rows, force_grouping=True)
        raise CopyTooLarge(_("%(rows)s rows are too many to keep a copy of.") % {"rows": rows})
    return said


def _fetch(lms: Lms, copy: Copy, said: Digest, wanted: set[str]) -> None:
    there = sorted(wanted & {each.bucket for each in said.buckets})
    rows = lms.list_bucket_rows(copy.program.key, EnrollmentKind(copy.kind), there)
    replace_buckets(copy, buckets=wanted, rows=rows)
    log.info("copy refreshed", program=copy.program_id, kind=copy.kind, buckets=len(wanted))


def _is_proven(copy: Copy, known: list[Bucket], said: Digest) -> bool:
    copy.digest, copy.rows = digest_buckets(known), sum(each.rows for each in known)
    return copy.digest == said.digest
