"""Hold a grant and a role to the identity of the program enrollment they come through."""

from django.db import migrations

HOLD_GRANTS = """
ALTER TABLE course_enrollment ADD CONSTRAINT a_grant_has_its_program_enrollments_identity
FOREIGN KEY (program_enrollment_id, identity_id) REFERENCES program_enrollment (id, identity_id)
"""
LET_GRANTS_GO = """
ALTER TABLE course_enrollment DROP CONSTRAINT a_grant_has_its_program_enrollments_identity
"""
HOLD_ROLES = """
ALTER TABLE course_role ADD CONSTRAINT a_role_has_its_program_enrollments_identity
FOREIGN KEY (program_enrollment_id, identity_id) REFERENCES program_enrollment (id, identity_id)
"""
LET_ROLES_GO = """
ALTER TABLE course_role DROP CONSTRAINT a_role_has_its_program_enrollments_identity
"""


class Migration(migrations.Migration):
    dependencies = [("course_enrollments", "0001_initial")]

    operations = [
        migrations.RunSQL(HOLD_GRANTS, LET_GRANTS_GO),
        migrations.RunSQL(HOLD_ROLES, LET_ROLES_GO),
    ]
