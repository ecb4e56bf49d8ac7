"""Forgetting jobs: they hold student keys, and are kept no longer than they are of use."""

from datetime import datetime, timedelta

from matricula.lms.rosters.models import RosterJob

KEPT_FOR = timedelta(days=30)


def forget_jobs(*, at: datetime) -> int:
    """Delete jobs that were finished longer than ``KEPT_FOR`` ago, and return how many."""
    _, deleted = RosterJob.objects.filter(finished_at__lt=at - KEPT_FOR).delete()
    return deleted.get("rosters.RosterJob", 0)
