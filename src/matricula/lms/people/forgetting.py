"""Forgetting what libraries keep that belong to no app: the queue, and the admin's log."""

from django.apps import apps
from django.db import connection

from matricula.lms.ledger.api import ERASED, Names, match_words

# All that is said in a job that names the person is about them: a mail, most likely. Whoever has
# it at hand has read it already.
ERASE_FROM_QUEUE = """
UPDATE procrastinate_jobs SET
    args = regexp_replace(args::text, %(any)s, %(erased)s, 'gi')::jsonb,
    lock = regexp_replace(lock, %(any)s, %(erased)s, 'gi'),
    queueing_lock = regexp_replace(queueing_lock, %(any)s, %(erased)s, 'gi'),
    status = CASE WHEN status = 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status END
WHERE args::text ~* %(certain)s OR lock ~* %(certain)s OR queueing_lock ~* %(certain)s
"""

ERASE_FROM_ADMIN_LOG = """
UPDATE django_admin_log SET
    object_repr = regexp_replace(object_repr, %(any)s, %(erased)s, 'gi'),
    change_message = regexp_replace(change_message, %(any)s, %(erased)s, 'gi')
WHERE object_repr ~* %(certain)s OR change_message ~* %(certain)s
   OR (object_id = ANY(%(account_ids)s::text[]) AND content_type_id = (
       SELECT id FROM django_content_type WHERE app_label = 'accounts' AND model = 'account'
   ))
"""


def erase_from_queue(*, names: Names) -> int:
    """Overwrite the names in queued jobs and cancel those still to be done; return how many.

    Jobs have no index by what is in them: each is read once.
    """
    return _erase(ERASE_FROM_QUEUE, names)


def erase_from_admin_log(*, names: Names, account_ids: list[int]) -> int:
    """Overwrite the names in what the admin has logged; return how many entries had any.

    As in the ledger: all of them in entries about the accounts, elsewhere those that can only be
    a name. Each entry is read once.
    """
    if not apps.is_installed("django.contrib.admin"):
        return 0
    return _erase(ERASE_FROM_ADMIN_LOG, names, account_ids=[str(each) for each in account_ids])


def _erase(statement: str, names: Names, **params: list[str]) -> int:
    if not names.distinctive:
        return 0
    patterns = {"any": match_words(names.words), "certain": match_words(names.distinctive)}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**patterns, **params, "erased": ERASED})
        return int(cursor.rowcount)
