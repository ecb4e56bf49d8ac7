"""Every invariant is silent in a healthy world, and fires when its promise is broken."""

from collections import Counter
from datetime import timedelta

import pytest

from matricula.lms.identities.api import (
    account_itself,
    email_address,
    unbind_identity,
)
from matricula.lms.integrity.api import INVARIANTS, check_integrity
from matricula.lms.people.api import retire_account
from matricula.lms.preemptive_enrollments.api import Waiting, withdraw_waiting
from tests import given
from tests.lms.kernel.seeing import LEDGERED, run
from tests.lms.rosters.submitting import made_job, worked_off

pytestmark = pytest.mark.django_db

# What is done behind the back of constraints and triggers to break each of them.
_ASSERTED = """
    INSERT INTO provider
        (organization_id, slug, title, protocol, issuer, client_id, sealed_secret, metadata,
         key_claim, trusted_domains, on_changed_key, is_on, is_test, created_at)
    SELECT min(id), 'river', 'T', 'oidc', 'i', 'c', '', '{}', 'k', '{}', 'refuse', true, false,
        now()
    FROM organization;
    INSERT INTO socialaccount_socialaccount
        (user_id, provider, uid, last_login, date_joined, extra_data)
    SELECT min(id), 'river', 's', now(), now(), '{}' FROM account WHERE is_active;
    INSERT INTO assertion
        (social_account_id, provider_id, asserted_key, settlement, accepted_id, asserted_at, tries)
"""

BREAKS = {
    "what-a-school-asserts-is-settled-within-an-hour": f"""
        {_ASSERTED} SELECT s.id, p.id, 'k', 'unsettled', NULL, now() - interval '2 hours', 9
        FROM socialaccount_socialaccount s, provider p
    """,
    "what-is-settled-as-bound-is-an-identity-of-the-provider": f"""
        {_ASSERTED} SELECT s.id, p.id, 'k', 'bound', i.id, now(), 1
        FROM socialaccount_socialaccount s, provider p, identity i WHERE i.value = 'a@x.org'
    """,
    "a-program-enrollment-has-an-identity": """
        UPDATE program_enrollment SET identity_id = -identity_id
    """,
    "a-course-enrollment-has-an-identity": """
        UPDATE course_enrollment SET identity_id = -identity_id
    """,
    "a-grant-belongs-to-the-holder-of-its-program-enrollment": """
        UPDATE course_enrollment
        SET identity_id = (SELECT id FROM identity WHERE value = 'rv-2')
        WHERE program_enrollment_id IS NOT NULL
    """,
    "a-course-role-belongs-to-the-holder-of-its-program-enrollment": """
        UPDATE course_role SET identity_id = (SELECT id FROM identity WHERE value = 'rv-2')
    """,
    "a-program-enrollment-is-under-a-curriculum-of-its-program": """
        UPDATE program_enrollment SET program_id = (SELECT max(id) FROM program)
        WHERE program_id = (SELECT min(id) FROM program)
    """,
    "a-name-is-one-identity": """
        ALTER TABLE identity DROP CONSTRAINT one_identity_per_kind_organization_and_folded_value;
        INSERT INTO identity (kind, organization_id, value, folded)
        SELECT kind, organization_id, value, folded FROM identity WHERE value = 'rv-1'
    """,
    "an-identity-is-in-a-curriculum-once": """
        ALTER TABLE program_enrollment DROP CONSTRAINT one_enrollment_per_identity_and_curriculum;
        INSERT INTO program_enrollment
            (identity_id, program_id, curriculum_id, status, created_at, modified_at)
        SELECT identity_id, program_id, curriculum_id, status, created_at, modified_at
        FROM program_enrollment
    """,
    "an-identity-has-a-run-once-from-one-source": """
        ALTER TABLE course_enrollment
            DROP CONSTRAINT one_grant_per_identity_run_and_program_enrollment;
        INSERT INTO course_enrollment
            (identity_id, course_run_id, mode, is_active, created_at, modified_at)
        SELECT identity_id, course_run_id, mode, is_active, created_at, modified_at
        FROM course_enrollment WHERE program_enrollment_id IS NULL
    """,
    "an-identity-has-a-course-role-once-from-one-source": """
        ALTER TABLE course_role DROP CONSTRAINT one_role_per_identity_run_and_program_enrollment;
        INSERT INTO course_role
            (identity_id, course_run_id, role, program_enrollment_id, created_at)
        SELECT identity_id, course_run_id, role, program_enrollment_id, created_at
        FROM course_role
    """,
    "a-course-role-has-an-identity": "UPDATE course_role SET identity_id = -identity_id",
    "an-account-has-one-grade-in-a-run": """
        ALTER TABLE grade DROP CONSTRAINT one_grade_per_account_and_run;
        INSERT INTO grade (account_id, course_run_id, letter, is_passing, graded_at)
        SELECT account.id, course_run.id, '', true, now()
        FROM account, course_run, generate_series(1, 2) WHERE username = 'mira'
    """,
    "a-username-is-one-account": """
        DROP INDEX one_account_per_username;
        UPDATE account SET username = 'MIRA' WHERE username = 'noah'
    """,
    "student-keys-alone-have-an-organization": """
        ALTER TABLE identity DROP CONSTRAINT student_keys_alone_have_an_organization;
        UPDATE identity SET organization_id = NULL WHERE value = 'rv-1'
    """,
    "a-binding-says-when-and-how": """
        ALTER TABLE identity DROP CONSTRAINT account_bound_at_and_bound_via_go_together;
        UPDATE identity SET bound_via = NULL WHERE value = 'rv-1'
    """,
    "a-bound-identity-is-of-a-living-account": """
        UPDATE identity SET account_id = (SELECT id FROM account WHERE retired_at IS NOT NULL)
        WHERE value = 'rv-1'
    """,
    "an-account-itself-is-bound-to-itself": """
        UPDATE identity SET account_id = (SELECT id FROM account WHERE username = 'noah')
        WHERE kind = 'account' AND retired_at IS NULL
    """,
    "a-merged-account-holds-nothing": """
        UPDATE identity SET account_id = (SELECT id FROM account WHERE merged_into_id IS NOT NULL)
        WHERE value = 'rv-1'
    """,
    "an-account-is-merged-into-one-that-is-not": """
        UPDATE account SET is_active = false, merged_into_id = (
            SELECT id FROM account WHERE merged_into_id IS NOT NULL
        )
        WHERE username = 'noah'
    """,
    "a-change-has-a-change-set": "UPDATE change SET change_set_id = -1",
    "changes-of-a-row-follow-each-other": """
        UPDATE change SET before = '{}' WHERE before IS NOT NULL AND after IS NOT NULL
    """,
    "a-change-has-a-number-that-was-given": """
        UPDATE change SET transaction_id = transaction_id + 1000000000
    """,
    "the-ledger-knows-the-present-of-identity": "UPDATE identity SET value = 'x' || value",
    "the-ledger-knows-the-present-of-program-enrollment": """
        UPDATE program_enrollment SET status = 'ended'
    """,
    "the-ledger-knows-the-present-of-course-enrollment": """
        UPDATE course_enrollment SET is_active = NOT is_active
    """,
    "the-ledger-knows-the-present-of-course-role": """
        UPDATE course_role SET created_at = created_at + interval '1 day'
    """,
    "the-ledger-ends-with-the-row-of-identity": "DELETE FROM identity WHERE value = 'rv-2'",
    "the-ledger-ends-with-the-row-of-program-enrollment": "DELETE FROM program_enrollment",
    "the-ledger-ends-with-the-row-of-course-enrollment": "DELETE FROM course_enrollment",
    "the-ledger-ends-with-the-row-of-course-role": "DELETE FROM course_role",
    "a-grade-is-of-an-account-and-a-run": """
        INSERT INTO grade (account_id, course_run_id, letter, is_passing, graded_at)
        VALUES (-1, -1, '', true, now())
    """,
    "a-roster-job-has-as-many-rows-as-its-chunks": "UPDATE roster_job SET rows = rows + 1",
    "a-roster-job-counts-the-rows-of-its-answered-chunks": """
        UPDATE roster_job SET answered = answered - 1
    """,
    "a-roster-job-that-succeeded-has-answered-every-chunk": """
        UPDATE roster_job_chunk SET answers = NULL
    """,
    "a-proven-address-is-answered-within-an-hour": """
        INSERT INTO address_proof (address_id, proven_at, tries)
        VALUES (-1, now() - interval '61 minutes', 0)
    """,
    "a-verified-address-is-a-proven-one": """
        UPDATE account SET date_joined = now() - interval '61 minutes';
        INSERT INTO account_emailaddress (user_id, email, verified, "primary")
        SELECT id, 'a@lake.example', true, false FROM account WHERE username = 'mira'
    """,
    "mail-is-handed-over-within-an-hour": """
        INSERT INTO outgoing_mail (recipient, subject, body, made_at, tries)
        VALUES ('a@lake.example', '', '', now() - interval '61 minutes', 0)
    """,
    "a-retired-account-has-no-roles": """
        INSERT INTO role_assignment (account_id, role)
        SELECT id, 'read' FROM account WHERE retired_at IS NOT NULL
    """,
    "an-open-conflict-is-still-one": """
        UPDATE binding_conflict
        SET claimant_id = (SELECT id FROM account WHERE username = 'mira'), holder_id = -1
    """,
}


@pytest.fixture(autouse=True)
def _world() -> None:
    """A bit of everything: bound, unbound, waiting, withdrawn, retired, in conflict."""
    run_ = given.course_run()
    program = given.program(runs=[run_])
    given.program("botany")
    given.enrolled("rv-1", "rv-2", "rv-3", "rv-4", program=program)
    given.on_course("rv-1", "rv-4", program=program, run=run_, course_staff="true")
    mira, noah, omar = (given.account(name) for name in ("mira", "noah", "omar"))
    given.bound("rv-1", mira)
    given.bound("rv-1", noah)
    given.bound("rv-3", omar)
    given.granted(account_itself(mira.uuid), run=run_)
    given.granted(account_itself(omar.uuid), run=run_)
    given.granted(email_address("a@x.org"), run=run_)
    given.bound("rv-2", noah)
    unbind_identity(name=given.key_of("rv-2"), by=given.OPERATOR, at=given.NOW, reason="no")
    given.enrolled("rv-1", program=program, status="pending")
    withdraw_waiting(
        which=Waiting(names=(given.key_of("rv-4"),)),
        by=given.OPERATOR,
        at=given.NOW + timedelta(days=1),
        reason="left",
    )
    given.merged(given.account("mira2"), mira)
    retire_account(account=omar, by=given.OPERATOR, at=given.NOW, reason="asked")
    roster = "student_key,status\nrv-5,enrolled\n"
    worked_off(made_job(roster, program=program, by=given.holder_of("write")))


def broken() -> set[str]:
    return {each.invariant for each in check_integrity(by=given.OPERATOR) if each.count}


def test_a_healthy_world_breaks_none() -> None:
    assert broken() == set()


@pytest.mark.parametrize("invariant", BREAKS)
def test_a_broken_promise_is_found(invariant: str) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"SET LOCAL session_replication_role = replica; {BREAKS[invariant]}")
    assert invariant in broken()


def test_every_invariant_is_broken_by_a_test() -> None:
    assert sorted(BREAKS) == sorted(invariant.name for invariant in INVARIANTS)


def test_names_are_unique_and_every_ledgered_table_is_looked_at() -> None:
    assert set(Counter(invariant.name for invariant in INVARIANTS).values()) == {1}
    for table in LEDGERED:
        assert f"the-ledger-knows-the-present-of-{table.replace('_', '-')}" in BREAKS
        assert f"the-ledger-ends-with-the-row-of-{table.replace('_', '-')}" in BREAKS
