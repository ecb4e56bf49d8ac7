"""What is queued, who works it off, and what has failed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import connection

FAILED_SHOWN = 20
JOBS_SHOWN = 20


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs that wait, that are to be tried later, and that are being done."""

    waiting: int
    later: int
    doing: int
    oldest_at: datetime | None
    """Since when the job waits that was queued first, of those that could be done."""


class FailedTask(msgspec.Struct, frozen=True):
    """A task whose jobs were given up: how many, and when the last was."""

    task: str
    count: int
    last_at: datetime | None


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """A process that works off the queue; without a sign of life its jobs are given to others."""

    id: int
    seen_at: datetime
    is_alive: bool
    tasks: tuple[str, ...]


class RosterJobFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A roster that is worked off, or has failed."""

    uuid: UUID
    program: str
    state: str
    rows: int
    answered: int
    created_at: datetime
    finished_at: datetime | None
    failure: str


QUEUE = """
SELECT count(*) FILTER (WHERE is_due), count(*) FILTER (WHERE status = 'todo' AND NOT is_due),
       count(*) FILTER (WHERE status = 'doing'), max(first.at)
FROM (
    SELECT status, status = 'todo' AND coalesce(scheduled_at <= %(at)s, true) AS is_due
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
) AS job
LEFT JOIN LATERAL (
    SELECT greatest(event.at, oldest.scheduled_at) AS at
    FROM (
        SELECT id, scheduled_at FROM procrastinate_jobs
        WHERE status = 'todo' AND coalesce(scheduled_at <= %(at)s, true)
        ORDER BY id LIMIT 1
    ) AS oldest
    LEFT JOIN LATERAL (
        SELECT at FROM procrastinate_events WHERE job_id = oldest.id ORDER BY id LIMIT 1
    ) AS event ON true
) AS first ON true
"""

# What succeeds is deleted, so that what is kept is what has failed.
FAILED = """
SELECT job.task_name, count(*), max(last.at)
FROM procrastinate_jobs AS job
LEFT JOIN LATERAL (
    SELECT at FROM procrastinate_events WHERE job_id = job.id ORDER BY id DESC LIMIT 1
) AS last ON true
WHERE job.status = 'failed'
GROUP BY job.task_name ORDER BY max(last.at) DESC NULLS LAST LIMIT %(limit)s
"""

WORKERS = """
SELECT worker.id, worker.last_heartbeat, worker.last_heartbeat >= %(alive_since)s,
       coalesce(doing.tasks, '{}')
FROM procrastinate_workers AS worker
LEFT JOIN LATERAL (
    SELECT array_agg(task_name ORDER BY id) AS tasks
    FROM procrastinate_jobs WHERE worker_id = worker.id AND status = 'doing'
) AS doing ON true
ORDER BY worker.id
"""

ROSTER_JOBS = """
SELECT job.uuid, program.key, job.state, job.rows, job.answered, job.created_at, job.finished_at,
       job.failure
FROM roster_job AS job JOIN program ON program.id = job.program_id
WHERE job.state IN ('pending', 'in_progress', 'failed')
ORDER BY job.state = 'failed', job.id DESC LIMIT %(limit)s
"""


def count_queue(*, at: datetime) -> Queue:
    """Return how long the queue is; one query."""
    waiting, later, doing, oldest_at = _fetch(QUEUE, {"at": at})[0]
    return Queue(waiting=waiting, later=later, doing=doing, oldest_at=oldest_at)


def list_failed_tasks() -> list[FailedTask]:
    """Return what was given up, the last first; one query."""
    return [FailedTask(*row) for row in _fetch(FAILED, {"limit": FAILED_SHOWN})]


def list_workers(*, at: datetime) -> list[Worker]:
    """Return the workers that have not signed off, and what each is at; one query."""
    alive_since = at - timedelta(seconds=settings.WORKER_TIMEOUT)
    return [
        Worker(id=id_, seen_at=seen_at, is_alive=is_alive, tasks=tuple(tasks))
        for id_, seen_at, is_alive, tasks in _fetch(WORKERS, {"alive_since": alive_since})
    ]


def list_roster_jobs() -> list[RosterJobFigure]:
    """Return rosters that run, then those that have failed, the newest first; one query."""
    fields = RosterJobFigure.__struct_fields__
    return [
        RosterJobFigure(**dict(zip(fields, row, strict=True)))
        for row in _fetch(ROSTER_JOBS, {"limit": JOBS_SHOWN})
    ]


def _fetch(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
