"""The statements of an undo: what was written is laid out, judged, told, and put back."""

MAKE_ROOM = """
DROP TABLE IF EXISTS pg_temp.undone;
CREATE TEMPORARY TABLE undone (
    subject text NOT NULL,
    row_id bigint NOT NULL,
    identity_id bigint NOT NULL,
    course_run_id bigint,
    program_enrollment_id bigint,
    before jsonb,
    present jsonb,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (subject, row_id)
) ON COMMIT DROP
"""

# What an undo has taken back, and that undo itself, are as if they had never been: so two acts are
# undone one after the other.
VOID = """
SELECT plan.undone_change_sets, job.change_sets
FROM plan
JOIN roster_job AS job ON job.id = plan.job_id
WHERE plan.undoes <> '' AND plan.outcome = 'applied' AND job.program_id = %(program_id)s
"""

# Of each row of the program what it was before the first of the change sets, and what it is now:
# the ledger's last word. What was made and deleted again by them is no matter. Same: but for when.
# Who has changed a row since, or between two of them, is the last one of the others whose act is
# not void. The sums keep the planner from going backwards through the whole ledger for the last
# change of each row. A transaction may have hundreds of the change sets: it is read once for all.
LAY_OUT = """
INSERT INTO undone
SELECT
    touched.subject, touched.row_id,
    (named.fields ->> 'identity_id')::bigint,
    (named.fields ->> 'course_run_id')::bigint,
    (named.fields ->> 'program_enrollment_id')::bigint,
    touched.before, last.after, coalesce(other.actor, last.actor), coalesce(other.at, last.at),
    CASE
        WHEN touched.before - 'modified_at' IS NOT DISTINCT FROM last.after - 'modified_at'
            THEN 's'
        WHEN other.actor IS NOT NULL THEN 'x'
        WHEN touched.after - 'modified_at' IS DISTINCT FROM last.after - 'modified_at' THEN 'x'
        WHEN touched.before IS NULL THEN 'd'
        WHEN last.after IS NULL THEN 'r'
        ELSE 'u'
    END
FROM (
    SELECT c.subject, c.row_id, min(c.id) AS first_id,
           (array_agg(c.before ORDER BY c.id))[1] AS before,
           (array_agg(c.after ORDER BY c.id DESC))[1] AS after
    FROM (
        SELECT DISTINCT s.transaction_id
        FROM unnest(%(change_set_ids)s::bigint[]) AS given (id)
        JOIN change_set AS s ON s.id = given.id
    ) AS act
    CROSS JOIN LATERAL (
        SELECT id, subject, row_id, before, after FROM change
        WHERE transaction_id = act.transaction_id
          AND change_set_id + 0 = ANY(%(change_set_ids)s::bigint[])
        OFFSET 0
    ) AS c
    WHERE c.subject IN ('program_enrollment', 'course_enrollment', 'course_role')
    GROUP BY c.subject, c.row_id
) AS touched
CROSS JOIN LATERAL (
    SELECT c.after, s.actor, s.at
    FROM change AS c JOIN change_set AS s ON s.id = c.change_set_id
    WHERE c.row_id = touched.row_id AND c.subject = touched.subject
    ORDER BY c.id + 0 DESC LIMIT 1
) AS last
LEFT JOIN LATERAL (
    SELECT s.actor, s.at
    FROM change AS c JOIN change_set AS s ON s.id = c.change_set_id
    WHERE c.row_id = touched.row_id AND c.subject = touched.subject AND c.id + 0 > touched.first_id
      AND c.change_set_id <> ALL(%(change_set_ids)s::bigint[])
      AND c.change_set_id <> ALL(%(void)s::bigint[])
    ORDER BY c.id + 0 DESC LIMIT 1
) AS other ON true
CROSS JOIN LATERAL (
    SELECT coalesce(last.after, touched.after, touched.before) AS fields
) AS named
WHERE (touched.before IS NOT NULL OR touched.after IS NOT NULL)
  AND %(program_id)s = coalesce((named.fields ->> 'program_id')::bigint, (
      SELECT (coalesce(e.after, e.before) ->> 'program_id')::bigint FROM change AS e
      WHERE e.row_id = (named.fields ->> 'program_enrollment_id')::bigint
        AND e.subject = 'program_enrollment'
      ORDER BY e.id + 0 DESC LIMIT 1
  ))
"""

KNOW_IT = "ANALYZE pg_temp.undone"

# OFFSET 0 keeps a look-up whole, as LIMIT 1 does below: one probe of an index a row, in any plan
# (ADR 0005).
# A grant stays if a role hangs on it that is not taken back, a program enrollment if a grant or a
# role does. From the leaves to the root, each on what was found of the ones before.
KEEP_GRANTS = """
UPDATE undone AS g SET code = 'k'
WHERE g.subject = 'course_enrollment' AND g.code = 'd' AND EXISTS (
    SELECT FROM course_role AS held
    WHERE held.identity_id = g.identity_id AND held.course_run_id = g.course_run_id
      AND held.program_enrollment_id = g.program_enrollment_id
      AND NOT EXISTS (
          SELECT FROM undone AS own
          WHERE own.subject = 'course_role' AND own.row_id = held.id AND own.code = 'd'
      )
    OFFSET 0
)
"""

KEEP_ENROLLMENTS = """
UPDATE undone AS e SET code = 'k'
WHERE e.subject = 'program_enrollment' AND e.code = 'd' AND (
    EXISTS (
        SELECT FROM course_enrollment AS held
        WHERE held.program_enrollment_id = e.row_id AND NOT EXISTS (
            SELECT FROM undone AS own
            WHERE own.subject = 'course_enrollment' AND own.row_id = held.id AND own.code = 'd'
        )
        OFFSET 0
    ) OR EXISTS (
        SELECT FROM course_role AS held
        WHERE held.program_enrollment_id = e.row_id AND NOT EXISTS (
            SELECT FROM undone AS own
            WHERE own.subject = 'course_role' AND own.row_id = held.id AND own.code = 'd'
        )
        OFFSET 0
    )
)
"""

# What is to be made again must find its place free, and what it hung on still there or made again.
REMAKE_ENROLLMENTS = """
UPDATE undone AS e SET code = 'o'
WHERE e.subject = 'program_enrollment' AND e.code = 'r' AND EXISTS (
    SELECT FROM program_enrollment AS other
    WHERE other.identity_id = e.identity_id
      AND other.curriculum_id = (e.before ->> 'curriculum_id')::bigint
      AND NOT EXISTS (
          SELECT FROM undone AS own
          WHERE own.subject = 'program_enrollment' AND own.row_id = other.id AND own.code = 'd'
      )
    OFFSET 0
)
"""

REMAKE_REST = """
UPDATE undone AS g SET code = CASE
    WHEN NOT EXISTS (
        SELECT FROM program_enrollment AS e
        WHERE e.id = g.program_enrollment_id AND NOT EXISTS (
            SELECT FROM undone AS own
            WHERE own.subject = 'program_enrollment' AND own.row_id = e.id AND own.code = 'd'
        )
        OFFSET 0
    ) AND NOT EXISTS (
        SELECT FROM undone AS own
        WHERE own.subject = 'program_enrollment' AND own.row_id = g.program_enrollment_id
          AND own.code = 'r'
    ) THEN 'n'
    WHEN g.subject = 'course_enrollment' AND EXISTS (
        SELECT FROM course_enrollment AS other
        WHERE other.identity_id = g.identity_id AND other.course_run_id = g.course_run_id
          AND other.program_enrollment_id = g.program_enrollment_id
          AND NOT EXISTS (
              SELECT FROM undone AS own
              WHERE own.subject = 'course_enrollment' AND own.row_id = other.id
                AND own.code = 'd'
          )
        OFFSET 0
    ) THEN 'o'
    WHEN g.subject = 'course_role' AND EXISTS (
        SELECT FROM course_role AS other
        WHERE other.identity_id = g.identity_id AND other.course_run_id = g.course_run_id
          AND other.program_enrollment_id = g.program_enrollment_id
          AND NOT EXISTS (
              SELECT FROM undone AS own
              WHERE own.subject = 'course_role' AND own.row_id = other.id AND own.code = 'd'
          )
        OFFSET 0
    ) THEN 'o'
    ELSE 'r'
END
WHERE g.subject IN ('course_enrollment', 'course_role') AND g.code = 'r'
"""

# Who was retired is nobody any more: what was theirs stays counted, as it was left.
LEAVE_RETIRED = """
UPDATE undone AS u SET code = 'g'
WHERE u.code IN ('d', 'r', 'u') AND EXISTS (
    SELECT FROM identity AS i WHERE i.id = u.identity_id AND i.retired_at IS NOT NULL OFFSET 0
)
"""

JUDGE = (LEAVE_RETIRED, KEEP_GRANTS, KEEP_ENROLLMENTS, REMAKE_ENROLLMENTS, REMAKE_REST)

TELL = """
SELECT
    u.subject, u.row_id, i.value, coalesce(run.key, ''), u.code,
    {word_of_present}, {word_of_before}, u.actor, u.at
FROM {undone} AS u
CROSS JOIN LATERAL (SELECT value, folded FROM identity WHERE id = u.identity_id LIMIT 1) AS i
LEFT JOIN LATERAL (SELECT key FROM course_run WHERE id = u.course_run_id LIMIT 1) AS run ON true
{order}
"""

WORD = """
    CASE
        WHEN u.{side} IS NULL THEN ''
        WHEN u.subject = 'program_enrollment' THEN u.{side} ->> 'status'
        WHEN u.subject = 'course_role' THEN u.{side} ->> 'role'
        WHEN (u.{side} ->> 'is_active')::boolean THEN 'active'
        ELSE 'inactive'
    END
"""

IN_WORDS = {
    "word_of_present": WORD.format(side="present"),
    "word_of_before": WORD.format(side="before"),
}

TELL_ALL = TELL.format(
    **IN_WORDS,
    undone="undone",
    order='ORDER BY i.folded COLLATE "C", run.key COLLATE "C" NULLS FIRST, u.subject, u.row_id',
)

TELL_SOME = TELL.format(
    **IN_WORDS,
    undone="""unnest(%(subjects)s::text[], %(row_ids)s::bigint[]) AS wanted (subject, row_id)
CROSS JOIN LATERAL (
    SELECT * FROM undone
    WHERE undone.subject = wanted.subject AND undone.row_id = wanted.row_id LIMIT 1
)""",
    order="",
)

# From the leaves to the root what goes, from the root to the leaves what comes.
PUT_BACK = (
    """
    DELETE FROM course_role WHERE id = ANY(ARRAY(
        SELECT row_id FROM undone WHERE subject = 'course_role' AND code = 'd'
    ))
    """,
    """
    DELETE FROM course_enrollment WHERE id = ANY(ARRAY(
        SELECT row_id FROM undone WHERE subject = 'course_enrollment' AND code = 'd'
    ))
    """,
    """
    DELETE FROM program_enrollment WHERE id = ANY(ARRAY(
        SELECT row_id FROM undone WHERE subject = 'program_enrollment' AND code = 'd'
    ))
    """,
    """
    UPDATE program_enrollment AS e SET status = u.before ->> 'status', modified_at = %(at)s
    FROM undone AS u
    WHERE u.subject = 'program_enrollment' AND u.code = 'u' AND e.id = u.row_id
    """,
    """
    UPDATE course_enrollment AS g SET
        is_active = (u.before ->> 'is_active')::boolean, mode = u.before ->> 'mode',
        modified_at = %(at)s
    FROM undone AS u
    WHERE u.subject = 'course_enrollment' AND u.code = 'u' AND g.id = u.row_id
    """,
    """
    INSERT INTO program_enrollment
        (id, identity_id, program_id, curriculum_id, status, created_at, modified_at)
    SELECT u.row_id, u.identity_id, (u.before ->> 'program_id')::bigint,
           (u.before ->> 'curriculum_id')::bigint, u.before ->> 'status',
           (u.before ->> 'created_at')::timestamptz, %(at)s
    FROM undone AS u
    CROSS JOIN LATERAL (SELECT folded FROM identity WHERE id = u.identity_id LIMIT 1) AS i
    WHERE u.subject = 'program_enrollment' AND u.code = 'r'
    ORDER BY i.folded COLLATE "C", u.row_id
    """,
    """
    INSERT INTO course_enrollment
        (id, identity_id, course_run_id, program_enrollment_id, mode, is_active,
         created_at, modified_at)
    SELECT u.row_id, u.identity_id, u.course_run_id, u.program_enrollment_id,
           u.before ->> 'mode', (u.before ->> 'is_active')::boolean,
           (u.before ->> 'created_at')::timestamptz, %(at)s
    FROM undone AS u
    CROSS JOIN LATERAL (SELECT folded FROM identity WHERE id = u.identity_id LIMIT 1) AS i
    WHERE u.subject = 'course_enrollment' AND u.code = 'r'
    ORDER BY i.folded COLLATE "C", u.row_id
    """,
    """
    INSERT INTO course_role
        (id, identity_id, course_run_id, role, program_enrollment_id, created_at)
    SELECT u.row_id, u.identity_id, u.course_run_id, u.before ->> 'role',
           u.program_enrollment_id, (u.before ->> 'created_at')::timestamptz
    FROM undone AS u
    CROSS JOIN LATERAL (SELECT folded FROM identity WHERE id = u.identity_id LIMIT 1) AS i
    WHERE u.subject = 'course_role' AND u.code = 'r'
    ORDER BY i.folded COLLATE "C", u.row_id
    """,
)
