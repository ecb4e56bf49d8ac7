"""Where a list of grants may start, and the page that is read from there."""

from matricula.lms.program_enrollments.api import LAST_ID

# As with program enrollments: from each start at most a page, by the index that begins with it,
# which the range and the order leave the planner no choice about; what a grant hangs on is found
# by one probe each (ADR 0005).
PAGE = """
SELECT page.place, page.id, page.kind, page.value, organization.key,
       program.key, program.uuid::text, curriculum.uuid::text, page.status,
       run.key, run.external_key, page.mode, page.is_active,
       page.is_active AND page.account_id IS NOT NULL
           AND (page.status IS NULL OR page.status = ANY(%(studying)s::text[])),
       staff.is_staff IS NOT NULL,
       page.account_id IS NULL AND page.retired_at IS NULL, page.account_id IS NOT NULL,
       coalesce(account.username, ''), coalesce(account.email, ''),
       page.created_at, page.modified_at
FROM (
    SELECT found.* FROM {start} CROSS JOIN LATERAL (
        SELECT {place} AS place, g.id, g.identity_id, g.course_run_id, g.mode, g.is_active,
               g.created_at, g.modified_at, e.program_id, e.curriculum_id, e.status,
               i.kind, i.value, i.organization_id, i.account_id, i.retired_at
        FROM {grants}
        JOIN LATERAL (SELECT * FROM identity WHERE id = g.identity_id LIMIT 1) AS i ON true
        WHERE {at_start}
          AND (%(program_id)s::bigint IS NULL OR e.program_id = %(program_id)s)
          AND (%(course_run_ids)s::bigint[] IS NULL
               OR g.course_run_id = ANY(%(course_run_ids)s::bigint[]))
          AND (%(is_active)s::boolean IS NULL OR g.is_active = %(is_active)s)
          AND (%(statuses)s::text[] IS NULL OR e.status = ANY(%(statuses)s::text[]))
          AND (%(direct)s::boolean IS NULL
               OR (g.program_enrollment_id IS NULL) = %(direct)s)
          AND (%(organization_id)s::bigint IS NULL OR i.organization_id = %(organization_id)s)
          AND (%(waiting)s::boolean IS NULL
               OR (i.account_id IS NULL AND i.retired_at IS NULL) = %(waiting)s)
          AND (%(changed_since)s::timestamptz IS NULL
               OR greatest(g.modified_at, e.modified_at, i.bound_at, i.retired_at)
                  >= %(changed_since)s)
        ORDER BY {index_order} LIMIT %(limit)s
    ) AS found
    ORDER BY found.place {{direction}}, found.id {{direction}} LIMIT %(limit)s
) AS page
JOIN course_run AS run ON run.id = page.course_run_id
LEFT JOIN program ON program.id = page.program_id
LEFT JOIN curriculum ON curriculum.id = page.curriculum_id
LEFT JOIN organization ON organization.id = page.organization_id
LEFT JOIN LATERAL (
    SELECT username, email FROM account WHERE id = page.account_id LIMIT 1
) AS account ON true
LEFT JOIN LATERAL (
    SELECT true AS is_staff
    FROM (
        SELECT page.identity_id AS id
      UNION ALL
        SELECT id FROM identity WHERE account_id = page.account_id
    ) AS own
    CROSS JOIN LATERAL (
        SELECT FROM course_role
        WHERE identity_id = own.id AND course_run_id = page.course_run_id AND role = 'staff'
        LIMIT 1
    ) AS held
    LIMIT 1
) AS staff ON true
ORDER BY page.place {{direction}}, page.id {{direction}}
"""

_WITH_PROGRAM = """
        LEFT JOIN LATERAL (
            SELECT * FROM program_enrollment WHERE id = g.program_enrollment_id LIMIT 1
        ) AS e ON true"""

# A grant through a program is seen by who reads for the program's first school, a direct one by
# who reads for the student's.
_IS_VISIBLE = """(%(everywhere)s
            OR e.program_id = ANY(ARRAY(
                SELECT program_id FROM program_organization
                WHERE position = 0 AND organization_id = ANY(%(visible)s::bigint[])
            ))
            OR (e.id IS NULL AND i.organization_id = ANY(%(visible)s::bigint[])))"""

ANYWHERE = {
    "start": "(SELECT) AS start",
    "place": "0::bigint",
    "grants": f"course_enrollment g {_WITH_PROGRAM}",
    "at_start": "g.id > %(after)s AND g.id < %(before)s",
    "index_order": "g.id {direction}",
}

IN_RUNS = {
    "start": "(SELECT DISTINCT unnest(%(course_run_ids)s::bigint[]) AS id) AS start",
    "place": "0::bigint",
    "grants": f"course_enrollment g {_WITH_PROGRAM}",
    "at_start": f"""(g.course_run_id + 0, g.id) > (start.id, %(after)s)
          AND (g.course_run_id + 0, g.id) < (start.id, %(before)s)
          AND {_IS_VISIBLE}""",
    "index_order": "g.course_run_id + 0 {direction}, g.id {direction}",
}

# The few grants of a learner are found first and sorted then.
OF_IDENTITIES = {
    "start": """(
        SELECT id FROM identity
        WHERE (%(identity_ids)s::bigint[] IS NULL OR id = ANY(%(identity_ids)s::bigint[]))
          AND (%(account_id)s::bigint IS NULL OR account_id = %(account_id)s)
    ) AS start""",
    "place": "0::bigint",
    "grants": f"""(
            SELECT * FROM course_enrollment WHERE identity_id = start.id OFFSET 0
        ) AS g {_WITH_PROGRAM}""",
    "at_start": f"""g.id > %(after)s AND g.id < %(before)s
          AND {_IS_VISIBLE}""",
    "index_order": "g.id {direction}",
}

# By program enrollment, and then its few grants. A school's student keys are in programs that name
# the school, first or not.
THROUGH_PROGRAMS = {
    "start": """(
        SELECT id FROM program
        WHERE (%(program_id)s::bigint IS NULL OR id = %(program_id)s)
          AND (%(everywhere)s OR id = ANY(ARRAY(
              SELECT program_id FROM program_organization
              WHERE position = 0 AND organization_id = ANY(%(visible)s::bigint[])
          )))
          AND (%(organization_id)s::bigint IS NULL OR id = ANY(ARRAY(
              SELECT program_id FROM program_organization
              WHERE organization_id = %(organization_id)s
          )))
    ) AS start""",
    "place": "e.id",
    "grants": """program_enrollment e
        CROSS JOIN LATERAL (
            SELECT * FROM course_enrollment WHERE program_enrollment_id = e.id OFFSET 0
        ) AS g""",
    "at_start": """(e.program_id, e.id) >= (start.id, %(after_group)s)
          AND (e.program_id, e.id) <= (start.id, %(before_group)s)
          AND (e.id, g.id) > (%(after_group)s, %(after)s)
          AND (e.id, g.id) < (%(before_group)s, %(before)s)""",
    "index_order": "e.program_id {direction}, e.id {direction}, g.id {direction}",
}

# They come after everything else. All of a school's students are looked at: a direct grant of a
# student key is rare, and has no index of its own.
DIRECT_OF_SCHOOLS = {
    "start": "(SELECT) AS start",
    "place": f"{LAST_ID}::bigint",
    "grants": """(
            SELECT id FROM identity
            WHERE kind = 'student_key'
              AND (%(everywhere)s OR organization_id = ANY(%(visible)s::bigint[]))
              AND (%(organization_id)s::bigint IS NULL OR organization_id = %(organization_id)s)
        ) AS student
        CROSS JOIN LATERAL (
            SELECT * FROM course_enrollment
            WHERE identity_id = student.id AND program_enrollment_id IS NULL OFFSET 0
        ) AS g
        LEFT JOIN program_enrollment e ON false""",
    "at_start": f"""({LAST_ID}::bigint, g.id) > (%(after_group)s, %(after)s)
          AND ({LAST_ID}::bigint, g.id) < (%(before_group)s, %(before)s)""",
    "index_order": "g.id {direction}",
}
