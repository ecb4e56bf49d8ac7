"""Sending a roster to the LMS, and following the job that it makes of it.

Everything that is sent has a key that follows from our job: a second worker that goes on with it
finds what the first one began.
"""

import time
from collections.abc import Iterator
from typing import IO

from matricula.lms_client.api import Form, Lms, RosterAnswer, RowAnswer
from matricula.lms_client.api import Job as LmsJob
from matricula.registrar.jobs.api import Job, JobAtWork
from matricula.registrar.uploads.models import Upload
from matricula.registrar.uploads.reading import UploadKind

FIRST_WAIT, LONGEST_WAIT = 0.1, 2.0
"""Seconds between two looks at the LMS's job."""
SHARE_WAITED = 0.05
"""Of the time that it has taken so far: no job is found done much later than it is."""
LONGEST_GOODBYE = 30.0
"""So long a job of the LMS that was canceled is waited for."""

Sent = RosterAnswer | LmsJob


def send_upload(lms: Lms, upload: Upload, roster: IO[bytes], *, dry_run: bool = False) -> Sent:
    """Send a roster, or find what became of it if this attempt has sent it before."""
    job = upload.job
    if upload.lms_job is not None and not dry_run:
        told = lms.get_job(upload.lms_job)
        has_failed = told.is_finished and told.state != "succeeded"
        if not has_failed or upload.lms_attempt == job.attempt:
            return told
    sent = lms.send_roster_file(
        job.program.key,
        roster,
        kind=UploadKind(job.kind).of_the_lms,
        form=Form.CSV,
        dry_run=dry_run,
        reason=f"Registrar job {job.uuid} of account {job.account.uuid}",
        key=f"registrar-{job.uuid}-{job.attempt}{'-weighed' if dry_run else ''}",
        request_id=name_request(job),
    )
    if isinstance(sent, LmsJob) and not dry_run:
        upload.lms_job, upload.lms_attempt = sent.uuid, job.attempt
        upload.save(update_fields=["lms_job", "lms_attempt"])
    return sent


def name_request(job: Job) -> str:
    """Return the id under which the LMS has all that an upload has written, by any attempt."""
    return f"registrar-{job.uuid}"


def follow_to_end(lms: Lms, sent: Sent, at_work: JobAtWork, *, is_told: bool = True) -> Sent:
    """Wait until the LMS is done, and return how it ended; meanwhile tell how far it has come.

    Raises:
        JobLeft, JobPaused: our job is not to go on. What the LMS does, goes on.
    """
    began = time.monotonic()
    while isinstance(sent, LmsJob) and not sent.is_finished:
        at_work.require_going_on()
        if is_told and sent.counts:
            at_work.report(done=sum(sent.counts.values()), counts=sent.counts)
        wait_a_while(since=began)
        sent = lms.get_job(sent.uuid)
    return sent


def wait_a_while(*, since: float) -> None:
    """Wait until the next look at what the LMS has begun: the longer it takes, the longer."""
    wait = SHARE_WAITED * (time.monotonic() - since)
    time.sleep(min(max(wait, FIRST_WAIT), LONGEST_WAIT))


def cancel_there(lms: Lms, sent: Sent) -> Sent:
    """Have the LMS stop too, and return how that ended."""
    if not isinstance(sent, LmsJob):
        return sent
    told = lms.cancel_job(sent.uuid)
    deadline = time.monotonic() + LONGEST_GOODBYE
    while not told.is_finished and time.monotonic() < deadline:
        time.sleep(FIRST_WAIT)
        told = lms.get_job(sent.uuid)
    return told


def list_answers(lms: Lms, sent: Sent) -> Iterator[RowAnswer]:
    """Yield the answers of what has ended, by line."""
    if isinstance(sent, RosterAnswer):
        return iter(sent.rows)
    return lms.list_answers(sent.uuid)
