"""Working: a process that does what is queued, until it is told to stop.

Any number of them may work, on as many hosts as wanted; what one of them leaves undone because it
was killed, another is given after ``WORKER_TIMEOUT``.
"""

import asyncio
import os
import signal
from contextlib import suppress
from threading import Timer

import psycopg
import structlog
from django.conf import settings
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

SIGNS_OF_LIFE = 3
"""So many within the time after which a worker counts as lost."""
POLL_SECONDS = 1.0
"""A new job is told at once; one that was given back, or waited for another, is found so soon."""
RECONNECT_SECONDS = 2.0
DATABASE_AWAY = (ConnectorException, psycopg.OperationalError, PoolTimeout)

log = structlog.get_logger("matricula.worker")


def run_worker(*, concurrency: int) -> None:
    """Work until a signal to stop comes; then finish the chunks at hand, and leave the rest.

    What does not come to an end within ``WORKER_STOP_SECONDS`` is left in the middle, as if the
    worker was killed. A database that goes away is waited for.
    """
    asyncio.run(_work_until_stopped(concurrency))


async def _work_until_stopped(concurrency: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _begin_to_stop, stop)
    log.info("worker started", concurrency=concurrency)
    while not stop.is_set():
        try:
            await _work(concurrency, stop)
        except DATABASE_AWAY:
            log.warning("the worker has lost the database", exc_info=True)
        if not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RECONNECT_SECONDS)
    log.info("worker stopped")


def _begin_to_stop(stop: asyncio.Event) -> None:
    stop.set()
    leaving = Timer(settings.WORKER_STOP_SECONDS, _leave)
    leaving.daemon = True  # it keeps no worker that is done
    leaving.start()


def _leave() -> None:
    log.warning("worker stopped in the middle of a job, which others are given")
    os._exit(0)


async def _work(concurrency: int, stop: asyncio.Event) -> None:
    """Work until ``stop``, or until the database is away."""
    timeout = float(settings.WORKER_TIMEOUT)
    connector = PsycopgConnector(
        kwargs=connector_params(), min_size=1, max_size=concurrency + SIGNS_OF_LIFE
    )
    with queue.replace_connector(connector) as app:
        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=POLL_SECONDS,
                    update_heartbeat_interval=timeout / SIGNS_OF_LIFE,
                    stalled_worker_timeout=timeout,
                    shutdown_graceful_timeout=0,  # at once each job is asked to leave off
                    delete_jobs="successful",
                )
            )
            giving_back = asyncio.create_task(_give_back_lost_jobs(app, after=timeout))
            tasks = (working, giving_back, asyncio.create_task(stop.wait()))
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            for ended in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(ended, Exception):
                    raise ended


async def _give_back_lost_jobs(app: App, *, after: float) -> None:
    """Queue the jobs of workers without a sign of life for so many seconds again.

    If such a worker lives after all, a job is worked at twice: it must do no harm.
    """
    while True:
        lost = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=after)
        for job in lost:
            with suppress(ConnectorException):  # another worker was faster
                await app.job_manager.retry_job(job)
                log.warning("job of a lost worker given back", job_id=job.id, task=job.task_name)
        await asyncio.sleep(after / SIGNS_OF_LIFE)
