"""Every constraint, and a statement that breaks it and nothing that is asked before it.

``%(...)s`` are the ids of ``test_constraints``' world.
"""

from tests.lms.integrity.breaking_proofs import ADDRESSES, SIGN_ON

_COPY_IDENTITY = """
INSERT INTO identity
    (kind, organization_id, value, folded, account_id, bound_at, bound_via, retired_at)
SELECT {} FROM identity WHERE id = %(bound)s
"""

_OFFER = """
INSERT INTO course_run_mode
    (course_run_id, mode, min_price, currency, credit_provider, sku, bulk_sku)
SELECT %(run)s, {}, '', '', '', '' FROM {}
"""

_SEND_ROSTERS = """
INSERT INTO roster_job
    (uuid, state, answered, finished_at, program_id, account_id, channel, request_id, kind, mode,
     is_atomic, is_dry_run, is_plan, reason, name, header, has_byte_order_mark, rows, counts,
     verdicts, is_applied, change_sets, failure_code, failure, created_at)
SELECT {}, %(program)s, %(account)s, 'test', '', 'program', 'upsert',
    false, false, false, '', '', '[]', false, 2, '{{}}', '{{}}', false, '[]', '', '', now()
FROM generate_series(1, {})
"""

_MAKE_PLAN = """
WITH made AS (
    INSERT INTO roster_job
        (uuid, state, answered, finished_at, program_id, account_id, channel, request_id, kind,
         mode, is_atomic, is_dry_run, is_plan, reason, name, header, has_byte_order_mark, rows,
         counts, verdicts, is_applied, change_sets, failure_code, failure, created_at)
    SELECT gen_random_uuid(), 'pending', 0, NULL, %(program)s, %(account)s, 'test', '', 'program',
        'upsert', false, true, true, '', '', '[]', false, 2, '{{}}', '{{}}', false, '[]', '', '',
        now()
    RETURNING id
)
INSERT INTO plan
    (job_id, made_by, ground, undoes, undoes_id, undone_change_sets, outcome, expires_at,
     applied_by, applied_channel, applied_request_id, applied_at, moved_count, moved,
     failure_code, failure)
SELECT id, '', '', {}, '', '[]', {}, now(), '', '', '', {}, 0, '[]', '', '' FROM made
"""

_MAKE_CLIENTS = """
INSERT INTO client
    (client_id, user_id, name, redirect_uris, post_logout_redirect_uris, client_type,
     authorization_grant_type, client_secret, hash_client_secret, skip_authorization, created,
     updated, algorithm, allowed_origins, registration_source, is_trusted)
SELECT {}, '', '', 'confidential', 'client-credentials', '', true, false, now(), now(),
    '', '', '', false
FROM account WHERE username IN ('mira', 'noah')
"""

ACCOUNTS = {
    "account_username_key": "UPDATE account SET username = 'noah' WHERE id = %(account)s",
    "account_uuid_key": """
        UPDATE account SET uuid = (SELECT uuid FROM account WHERE username = 'noah')
        WHERE id = %(account)s
    """,
    "one_account_per_username": "UPDATE account SET username = 'NOAH' WHERE id = %(account)s",
    "a_retired_account_is_empty": "UPDATE account SET retired_at = now() WHERE id = %(account)s",
    "no_account_is_merged_into_itself": """
        UPDATE account SET merged_into_id = id, is_active = false WHERE id = %(account)s
    """,
    "a_merged_account_is_closed": """
        UPDATE account SET merged_into_id = (SELECT id FROM account WHERE username = 'noah')
        WHERE id = %(account)s
    """,
    "account_groups_account_id_group_id_59cc89ca_uniq": """
        WITH made AS (INSERT INTO auth_group (name) VALUES ('g') RETURNING id)
        INSERT INTO account_groups (account_id, group_id)
        SELECT %(account)s, id FROM made CROSS JOIN generate_series(1, 2)
    """,
    "account_user_permissions_account_id_permission_id_a6d962f2_uniq": """
        INSERT INTO account_user_permissions (account_id, permission_id)
        SELECT %(account)s, (SELECT min(id) FROM auth_permission) FROM generate_series(1, 2)
    """,
}

ACCESS = {
    "one_assignment_per_account_role_and_organization": """
        INSERT INTO role_assignment (account_id, role, organization_id)
        SELECT %(account)s, 'read', NULL FROM generate_series(1, 2)
    """,
    "an_assigned_role_is_declared": """
        INSERT INTO role_assignment (account_id, role) VALUES (%(account)s, 'emperor')
    """,
}

CLIENTS = {
    "spent_code_code_hash_key": """
        WITH token AS (
            INSERT INTO oauth2_provider_accesstoken
                (token, token_checksum, expires, scope, resource, created, updated)
            VALUES ('t', 'c', now(), '', '[]', now(), now()) RETURNING id
        )
        INSERT INTO spent_code (code_hash, token_id)
        SELECT 'x', id FROM token CROSS JOIN generate_series(1, 2)
    """,
    "client_client_id_key": _MAKE_CLIENTS.format("'the same', id, username"),
    "client_user_id_key": _MAKE_CLIENTS.format("username, %(account)s, username"),
    "one_client_per_name": _MAKE_CLIENTS.format(
        "username, id, CASE username WHEN 'mira' THEN 'Registrar' ELSE 'REGISTRAR' END"
    ),
    "signing_key_key_id_key": """
        INSERT INTO signing_key (key_id, public_key, made_at, used_at)
        SELECT 'k', '{}', now(), now() FROM generate_series(1, 2)
    """,
}

KEPT_ANSWERS = {
    "one_answer_per_account_and_key": """
        INSERT INTO kept_answer (account_id, key, digest, status, headers, body, made_at)
        SELECT %(account)s, 'k', '', 200, '{}', '', now() FROM generate_series(1, 2)
    """,
    "kept_answer_status_check": """
        INSERT INTO kept_answer (account_id, key, digest, status, headers, body, made_at)
        VALUES (%(account)s, 'k', '', -1, '{}', '', now())
    """,
}

ORGANIZATIONS = {
    "organization_uuid_key": """
        INSERT INTO organization (uuid, key, name)
        SELECT uuid, 'Other', '' FROM organization WHERE id = %(organization)s
    """,
    "one_organization_per_key": """
        INSERT INTO organization (uuid, key, name) VALUES (gen_random_uuid(), 'RIVERU', '')
    """,
    "an_organization_has_a_key": """
        INSERT INTO organization (uuid, key, name) VALUES (gen_random_uuid(), '', '')
    """,
}

CATALOG = {
    "course_key_key": "INSERT INTO course (key, title) SELECT key, '' FROM course LIMIT 1",
    "course_run_key_key": """
        INSERT INTO course_run (key, course_id, external_key, title)
        SELECT key, course_id, '', '' FROM course_run WHERE id = %(run)s
    """,
    "a_course_runs_pacing_is_declared": """
        UPDATE course_run SET pacing = 'slow' WHERE id = %(run)s
    """,
    "a_course_run_is_offered_in_a_mode_once": _OFFER.format("'audit', 0", "generate_series(1, 2)"),
    "an_offered_mode_is_declared": _OFFER.format("'gold', 0", "generate_series(1, 1)"),
    "no_price_is_below_zero": _OFFER.format("'audit', -1", "generate_series(1, 1)"),
    "program_uuid_key": """
        INSERT INTO program (uuid, key, title, type, status, slug, mode)
        SELECT uuid, 'other', '', '', '', '', mode FROM program WHERE id = %(program)s
    """,
    "one_program_per_key": """
        INSERT INTO program (uuid, key, title, type, status, slug, mode)
        SELECT gen_random_uuid(), upper(key), '', '', '', '', mode
        FROM program WHERE id = %(program)s
    """,
    "a_program_key_has_no_colon": "UPDATE program SET key = 'a:b' WHERE id = %(program)s",
    "an_organization_is_in_a_program_once": """
        INSERT INTO program_organization (program_id, organization_id, position)
        VALUES (%(program)s, %(organization)s, 7)
    """,
    "one_organization_per_position": """
        INSERT INTO program_organization (program_id, organization_id, position)
        VALUES (%(program)s, %(other_organization)s, 0)
    """,
    "program_organization_position_check": """
        UPDATE program_organization SET position = -1 WHERE program_id = %(program)s
    """,
    "program_course_run_program_id_courserun_id_3f6f7ee8_uniq": """
        INSERT INTO program_course_run (program_id, courserun_id) VALUES (%(program)s, %(run)s)
    """,
    "curriculum_uuid_key": """
        INSERT INTO curriculum (uuid, program_id, name, is_active, position)
        SELECT uuid, program_id, '', true, 9 FROM curriculum WHERE id = %(curriculum)s
    """,
    "curriculum_position_check": "UPDATE curriculum SET position = -1 WHERE id = %(curriculum)s",
    # Its columns hold the primary key, which has to go before this one can be broken alone.
    "a_curriculum_and_its_program": """
        ALTER TABLE curriculum DROP CONSTRAINT curriculum_pkey CASCADE;
        INSERT INTO curriculum (id, uuid, program_id, name, is_active, position)
        SELECT id, gen_random_uuid(), program_id, '', true, 9
        FROM curriculum WHERE id = %(curriculum)s
    """,
    "curriculum_course_run_curriculum_id_courserun_id_56513357_uniq": """
        INSERT INTO curriculum_course_run (curriculum_id, courserun_id)
        SELECT %(curriculum)s, %(run)s FROM generate_series(1, 2)
    """,
    "curriculum_program_curriculum_id_program_id_b33baa4a_uniq": """
        INSERT INTO curriculum_program (curriculum_id, program_id)
        SELECT %(curriculum)s, %(other_program)s FROM generate_series(1, 2)
    """,
    "there_is_one_stamp": "INSERT INTO catalog_stamp (id, stamp) VALUES (2, gen_random_uuid())",
}

IDENTITIES = {
    "one_identity_per_kind_organization_and_folded_value": _COPY_IDENTITY.format(
        "kind, organization_id, 'RV-1', folded, NULL, NULL, NULL, NULL"
    ),
    "student_keys_alone_have_an_organization": _COPY_IDENTITY.format(
        "'email', organization_id, 'b@example.org', 'b@example.org', NULL, NULL, NULL, NULL"
    ),
    "account_bound_at_and_bound_via_go_together": _COPY_IDENTITY.format(
        "kind, organization_id, 'x', 'x', account_id, NULL, bound_via, NULL"
    ),
    "an_account_is_always_bound_to_itself": _COPY_IDENTITY.format(
        "'account', NULL, 'x', 'x', NULL, NULL, NULL, NULL"
    ),
    "a_retired_identity_is_unbound": _COPY_IDENTITY.format(
        "kind, organization_id, 'x', 'x', account_id, bound_at, bound_via, now()"
    ),
    "an_identity_has_a_value_of_bounded_length": _COPY_IDENTITY.format(
        "kind, organization_id, repeat('x', 256), 'x', NULL, NULL, NULL, NULL"
    ),
    "one_open_conflict_per_identity_and_claimant": """
        INSERT INTO binding_conflict
            (identity_id, holder_id, claimant_id, via, attempts, first_at, last_at, resolution)
        SELECT identity_id, holder_id, claimant_id, via, 1, now(), now(), '' FROM binding_conflict
    """,
    "a_conflict_has_two_sides": "UPDATE binding_conflict SET claimant_id = holder_id",
    "a_resolved_conflict_says_how": "UPDATE binding_conflict SET resolved_at = now()",
    "binding_conflict_attempts_check": "UPDATE binding_conflict SET attempts = -1",
}

PROGRAM_ENROLLMENTS = {
    "one_enrollment_per_identity_and_curriculum": """
        INSERT INTO program_enrollment
            (identity_id, program_id, curriculum_id, status, created_at, modified_at)
        SELECT identity_id, program_id, curriculum_id, 'ended', created_at, modified_at
        FROM program_enrollment WHERE id = %(enrollment)s
    """,
    "a_status_is_one_of_the_five": """
        UPDATE program_enrollment SET status = 'on-leave' WHERE id = %(enrollment)s
    """,
    "curriculum_is_the_programs": """
        UPDATE program_enrollment SET program_id = %(other_program)s WHERE id = %(enrollment)s
    """,
    "a_program_enrollment_and_its_identity": """
        ALTER TABLE program_enrollment DROP CONSTRAINT program_enrollment_pkey CASCADE;
        INSERT INTO program_enrollment
            (id, identity_id, program_id, curriculum_id, status, created_at, modified_at)
        SELECT id, identity_id, program_id, %(other_curriculum)s, status, created_at, modified_at
        FROM program_enrollment WHERE id = %(enrollment)s
    """,
}

COURSE_ENROLLMENTS = {
    "one_grant_per_identity_run_and_program_enrollment": """
        INSERT INTO course_enrollment
            (identity_id, course_run_id, mode, is_active, created_at, modified_at)
        SELECT %(bound)s, %(run)s, 'audit', true, now(), now() FROM generate_series(1, 2)
    """,
    "a_grants_mode_is_declared": "UPDATE course_enrollment SET mode = 'platinum'",
    "a_grant_has_its_program_enrollments_identity": """
        UPDATE course_enrollment SET identity_id = %(waiting)s WHERE identity_id = %(bound)s
    """,
    "one_role_per_identity_run_and_program_enrollment": """
        INSERT INTO course_role (identity_id, course_run_id, role, created_at)
        SELECT %(bound)s, %(run)s, 'staff', now() FROM generate_series(1, 2)
    """,
    "a_course_role_is_declared": "UPDATE course_role SET role = 'janitor'",
    "a_role_has_its_program_enrollments_identity": """
        UPDATE course_role SET identity_id = %(waiting)s WHERE identity_id = %(bound)s
    """,
}

GRADES = {
    "one_grade_per_account_and_run": """
        INSERT INTO grade (account_id, course_run_id, letter, is_passing, graded_at)
        SELECT %(account)s, %(run)s, '', true, now() FROM generate_series(1, 2)
    """,
    "a_percent_is_from_zero_to_one": """
        INSERT INTO grade (account_id, course_run_id, percent, letter, is_passing, graded_at)
        VALUES (%(account)s, %(run)s, 1.01, '', true, now())
    """,
}

_MASQUERADE = """
INSERT INTO masquerade (staff_id, learner_id, reason, begun_at, ends_at)
SELECT {} FROM account AS noah CROSS JOIN generate_series(1, {})
WHERE noah.username = 'noah'
"""

PEOPLE = {
    "nobody_masquerades_as_two_at_once": _MASQUERADE.format(
        "%(account)s, noah.id, 'r', now(), now() + interval '1 hour'", 2
    ),
    "nobody_masquerades_as_themselves": _MASQUERADE.format(
        "noah.id, noah.id, 'r', now(), now() + interval '1 hour'", 1
    ),
    "a_masquerade_says_why": _MASQUERADE.format(
        "%(account)s, noah.id, '', now(), now() + interval '1 hour'", 1
    ),
    "a_masquerade_ends_after_it_began": _MASQUERADE.format(
        "%(account)s, noah.id, 'r', now(), now()", 1
    ),
}

ROSTERS = {
    "one_digest_per_program_and_kind": """
        INSERT INTO roster_digest
            (organization_id, program_id, kind, digest, rows, buckets, transaction_id)
        SELECT %(organization)s, %(program)s, 'program_enrollments', '', 0, '[]', 0
        FROM generate_series(1, 2)
    """,
    "roster_job_uuid_key": _SEND_ROSTERS.format(
        "'00000000-0000-0000-0000-000000000001', 'pending', 0, NULL", 2
    ),
    "a_roster_job_has_a_declared_state": _SEND_ROSTERS.format(
        "gen_random_uuid(), 'forgotten', 0, NULL", 1
    ),
    "a_roster_job_is_finished_when_its_state_is_final": _SEND_ROSTERS.format(
        "gen_random_uuid(), 'succeeded', 2, NULL", 1
    ),
    "a_roster_job_answers_no_more_rows_than_it_has": _SEND_ROSTERS.format(
        "gen_random_uuid(), 'in_progress', 3, NULL", 1
    ),
    "a_plan_is_a_dry_run": _SEND_ROSTERS.format(
        "gen_random_uuid(), 'pending', 0, NULL", 1
    ).replace("false, false, false", "false, false, true"),
    "a_roster_job_is_an_accounts_or_a_plan": _SEND_ROSTERS.format(
        "gen_random_uuid(), 'pending', 0, NULL", 1
    ).replace("%(account)s", "NULL"),
    "a_plan_has_a_declared_outcome": _MAKE_PLAN.format("''", "'forgotten'", "NULL"),
    "a_plan_undoes_what_can_be_undone": _MAKE_PLAN.format("'binding'", "'open'", "NULL"),
    "a_plan_is_applied_at_some_time": _MAKE_PLAN.format("''", "'applied'", "NULL"),
    "one_chunk_per_job_and_number": f"""
        WITH made AS (
            {_SEND_ROSTERS.format("gen_random_uuid(), 'pending', 0, NULL", 1)} RETURNING id
        )
        INSERT INTO roster_job_chunk (job_id, number, count, last_line, rows)
        SELECT id, 0, 1, 2, '' FROM made CROSS JOIN generate_series(1, 2)
    """,
}

LEDGER = {
    "a_change_set_says_who_and_how": """
        INSERT INTO change_set (uuid, actor, channel, reason, request_id, at)
        VALUES (gen_random_uuid(), '', 'test', '', '', now())
    """,
    # Nobody but the triggers writes changes, and they never write such a one.
    "a_change_has_a_before_or_an_after": """
        SET LOCAL session_replication_role = replica;
        INSERT INTO change (change_set_id, transaction_id, subject, row_id)
        VALUES (1, 1, 'identity', 1)
    """,
    "there_is_one_numbering": """
        INSERT INTO ledger_numbering (id, ahead, written_as) VALUES (2, 0, '')
    """,
}

BREAKS = {
    **LEDGER,
    **ORGANIZATIONS,
    **ACCOUNTS,
    **CATALOG,
    **ACCESS,
    **CLIENTS,
    **KEPT_ANSWERS,
    **IDENTITIES,
    **ADDRESSES,
    **PROGRAM_ENROLLMENTS,
    **COURSE_ENROLLMENTS,
    **GRADES,
    **PEOPLE,
    **ROSTERS,
    **SIGN_ON,
}
