"""The invariants. Each query returns the ids of rows that break one; none may ever return any."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """A promise is broken: somebody has, or lacks, what they should not."""
    WARNING = "warning"
    """Nobody is harmed yet, but something was written past the operations."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must hold, and the query for the rows of ``subject`` where it does not."""

    name: str
    severity: Severity
    subject: str
    sql: str


_LEDGERED = ("identity", "program_enrollment", "course_enrollment", "course_role")


def _error(name: str, subject: str, sql: str) -> Invariant:
    return Invariant(name, Severity.ERROR, subject, sql)


def _ledger_knows(table: str) -> Invariant:
    return _error(
        f"the-ledger-knows-the-present-of-{table.replace('_', '-')}",
        table,
        f"""
        SELECT t.id FROM {table} t
        LEFT JOIN LATERAL (
            SELECT after FROM change
            WHERE row_id = t.id AND subject = '{table}' ORDER BY id DESC LIMIT 1
        ) AS last ON true
        WHERE last.after IS DISTINCT FROM to_jsonb(t)
        """,
    )


def _ledger_ends(table: str) -> Invariant:
    return _error(
        f"the-ledger-ends-with-the-row-of-{table.replace('_', '-')}",
        "change",
        f"""
        SELECT last.id FROM (
            SELECT DISTINCT ON (row_id) id, row_id, after FROM change
            WHERE subject = '{table}' ORDER BY row_id, id DESC
        ) AS last
        WHERE last.after IS NOT NULL
          AND NOT EXISTS (SELECT FROM {table} t WHERE t.id = last.row_id)
        """,
    )


INVARIANTS = (
    _error(
        "a-program-enrollment-has-an-identity",
        "program_enrollment",
        """
        SELECT e.id FROM program_enrollment e
        WHERE NOT EXISTS (SELECT FROM identity i WHERE i.id = e.identity_id)
        """,
    ),
    _error(
        "a-course-enrollment-has-an-identity",
        "course_enrollment",
        """
        SELECT g.id FROM course_enrollment g
        WHERE NOT EXISTS (SELECT FROM identity i WHERE i.id = g.identity_id)
        """,
    ),
    _error(
        "a-grant-belongs-to-the-holder-of-its-program-enrollment",
        "course_enrollment",
        """
        SELECT g.id FROM course_enrollment g
        LEFT JOIN program_enrollment e ON e.id = g.program_enrollment_id
        WHERE g.program_enrollment_id IS NOT NULL AND e.identity_id IS DISTINCT FROM g.identity_id
        """,
    ),
    _error(
        "a-course-role-belongs-to-the-holder-of-its-program-enrollment",
        "course_role",
        """
        SELECT r.id FROM course_role r
        LEFT JOIN program_enrollment e ON e.id = r.program_enrollment_id
        WHERE r.program_enrollment_id IS NOT NULL AND e.identity_id IS DISTINCT FROM r.identity_id
        """,
    ),
    _error(
        "a-program-enrollment-is-under-a-curriculum-of-its-program",
        "program_enrollment",
        """
        SELECT e.id FROM program_enrollment e
        LEFT JOIN curriculum c ON c.id = e.curriculum_id
        WHERE c.program_id IS DISTINCT FROM e.program_id
        """,
    ),
    _error(
        "a-name-is-one-identity",
        "identity",
        """
        SELECT id FROM (
            SELECT id, count(*) OVER (PARTITION BY kind, organization_id, folded) AS times
            FROM identity
        ) AS counted WHERE times > 1
        """,
    ),
    _error(
        "an-identity-is-in-a-curriculum-once",
        "program_enrollment",
        """
        SELECT id FROM (
            SELECT id, count(*) OVER (PARTITION BY identity_id, curriculum_id) AS times
            FROM program_enrollment
        ) AS counted WHERE times > 1
        """,
    ),
    _error(
        "an-identity-has-a-run-once-from-one-source",
        "course_enrollment",
        """
        SELECT id FROM (
            SELECT id, count(*) OVER (
                PARTITION BY identity_id, course_run_id, program_enrollment_id
            ) AS times
            FROM course_enrollment
        ) AS counted WHERE times > 1
        """,
    ),
    _error(
        "an-identity-has-a-course-role-once-from-one-source",
        "course_role",
        """
        SELECT id FROM (
            SELECT id, count(*) OVER (
                PARTITION BY identity_id, course_run_id, role, program_enrollment_id
            ) AS times
            FROM course_role
        ) AS counted WHERE times > 1
        """,
    ),
    _error(
        "a-course-role-has-an-identity",
        "course_role",
        """
        SELECT r.id FROM course_role r
        WHERE NOT EXISTS (SELECT FROM identity i WHERE i.id = r.identity_id)
        """,
    ),
    _error(
        "an-account-has-one-grade-in-a-run",
        "grade",
        """
        SELECT id FROM (
            SELECT id, count(*) OVER (PARTITION BY account_id, course_run_id) AS times FROM grade
        ) AS counted WHERE times > 1
        """,
    ),
    _error(
        "a-username-is-one-account",
        "account",
        """
        SELECT id FROM (
            SELECT id, count(*) OVER (PARTITION BY lower(username)) AS times FROM account
        ) AS counted WHERE times > 1
        """,
    ),
    _error(
        "student-keys-alone-have-an-organization",
        "identity",
        """
        SELECT id FROM identity WHERE (kind = 'student_key') <> (organization_id IS NOT NULL)
        """,
    ),
    _error(
        "a-binding-says-when-and-how",
        "identity",
        """
        SELECT id FROM identity
        WHERE (account_id IS NULL) <> (bound_at IS NULL)
           OR (account_id IS NULL) <> (bound_via IS NULL)
        """,
    ),
    _error(
        "a-bound-identity-is-of-a-living-account",
        "identity",
        """
        SELECT i.id FROM identity i
        LEFT JOIN account ON account.id = i.account_id
        WHERE i.account_id IS NOT NULL AND (account.id IS NULL OR account.retired_at IS NOT NULL)
        """,
    ),
    _error(
        "an-account-itself-is-bound-to-itself",
        "identity",
        """
        SELECT i.id FROM identity i
        LEFT JOIN account ON account.uuid::text = i.folded
        WHERE i.kind = 'account' AND i.retired_at IS NULL
          AND i.account_id IS DISTINCT FROM coalesce(account.merged_into_id, account.id)
        """,
    ),
    _error(
        "a-merged-account-holds-nothing",
        "account",
        """
        SELECT account.id FROM account
        WHERE account.merged_into_id IS NOT NULL AND (
            EXISTS (SELECT FROM identity i WHERE i.account_id = account.id)
            OR EXISTS (SELECT FROM grade g WHERE g.account_id = account.id)
        )
        """,
    ),
    _error(
        "an-account-is-merged-into-one-that-is-not",
        "account",
        """
        SELECT account.id FROM account JOIN account AS other ON other.id = account.merged_into_id
        WHERE other.merged_into_id IS NOT NULL
        """,
    ),
    _error(
        "a-change-has-a-change-set",
        "change",
        """
        SELECT c.id FROM change c
        WHERE NOT EXISTS (SELECT FROM change_set s WHERE s.id = c.change_set_id)
        """,
    ),
    _error(
        "changes-of-a-row-follow-each-other",
        "change",
        """
        SELECT id FROM (
            SELECT id, before, lag(after) OVER w AS previous, row_number() OVER w AS number
            FROM change WINDOW w AS (PARTITION BY subject, row_id ORDER BY id)
        ) AS chained
        WHERE CASE WHEN number = 1 THEN before IS NOT NULL
                   ELSE before IS DISTINCT FROM previous END
        """,
    ),
    _error(
        "a-change-has-a-number-that-was-given",
        "change",
        "SELECT id FROM change WHERE transaction_id >= ledger_end()",
    ),
    *(_ledger_knows(table) for table in _LEDGERED),
    *(_ledger_ends(table) for table in _LEDGERED),
    _error(
        "a-grade-is-of-an-account-and-a-run",
        "grade",
        """
        SELECT g.id FROM grade g
        LEFT JOIN account ON account.id = g.account_id
        LEFT JOIN course_run run ON run.id = g.course_run_id
        WHERE account.id IS NULL OR run.id IS NULL
        """,
    ),
    _error(
        "a-roster-job-has-as-many-rows-as-its-chunks",
        "roster_job",
        """
        SELECT j.id FROM roster_job j
        WHERE j.rows <> (
            SELECT coalesce(sum(c.count), 0) FROM roster_job_chunk c WHERE c.job_id = j.id
        )
        """,
    ),
    _error(
        "a-roster-job-counts-the-rows-of-its-answered-chunks",
        "roster_job",
        """
        SELECT j.id FROM roster_job j
        WHERE j.answered <> (
            SELECT coalesce(sum(c.count), 0) FROM roster_job_chunk c
            WHERE c.job_id = j.id AND c.answers IS NOT NULL
        )
        """,
    ),
    _error(
        "a-roster-job-that-succeeded-has-answered-every-chunk",
        "roster_job",
        """
        SELECT j.id FROM roster_job j
        WHERE j.state = 'succeeded' AND EXISTS (
            SELECT FROM roster_job_chunk c WHERE c.job_id = j.id AND c.answers IS NULL
        )
        """,
    ),
    _error(
        "a-proven-address-is-answered-within-an-hour",
        "address_proof",
        """
        SELECT p.id FROM address_proof p
        WHERE p.answered_at IS NULL AND p.proven_at < now() - interval '1 hour'
        """,
    ),
    _error(
        "a-verified-address-is-a-proven-one",
        "account_emailaddress",
        """
        SELECT e.id FROM account_emailaddress e JOIN account ON account.id = e.user_id
        WHERE e.verified AND account.date_joined < now() - interval '1 hour'
          AND NOT EXISTS (SELECT FROM address_proof p WHERE p.address_id = e.id)
        """,
    ),
    Invariant(
        "mail-is-handed-over-within-an-hour",
        Severity.WARNING,
        "outgoing_mail",
        "SELECT m.id FROM outgoing_mail m WHERE m.made_at < now() - interval '1 hour'",
    ),
    Invariant(
        "a-retired-account-has-no-roles",
        Severity.WARNING,
        "role_assignment",
        """
        SELECT r.id FROM role_assignment r JOIN account ON account.id = r.account_id
        WHERE account.retired_at IS NOT NULL
        """,
    ),
    Invariant(
        "an-open-conflict-is-still-one",
        Severity.WARNING,
        "binding_conflict",
        """
        SELECT c.id FROM binding_conflict c JOIN identity i ON i.id = c.identity_id
        WHERE c.resolved_at IS NULL AND (i.account_id = c.claimant_id OR i.retired_at IS NOT NULL)
        """,
    ),
    Invariant(
        "what-a-school-asserts-is-settled-within-an-hour",
        Severity.WARNING,
        "assertion",
        """
        SELECT a.social_account_id AS id FROM assertion a
        JOIN socialaccount_socialaccount s ON s.id = a.social_account_id
        JOIN account ON account.id = s.user_id
        WHERE a.settlement = 'unsettled' AND account.is_active
          AND a.asserted_at < now() - interval '1 hour'
        """,
    ),
    _error(
        "what-is-settled-as-bound-is-an-identity-of-the-provider",
        "assertion",
        """
        SELECT a.social_account_id AS id FROM assertion a
        JOIN provider p ON p.id = a.provider_id
        JOIN identity i ON i.id = a.accepted_id
        WHERE i.kind <> 'student_key' OR i.organization_id <> p.organization_id
        """,
    ),
)
