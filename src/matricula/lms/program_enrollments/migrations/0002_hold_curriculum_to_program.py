"""Hold a program enrollment's curriculum to its program, by one key of both."""

from django.db import migrations

HOLD = """
ALTER TABLE program_enrollment ADD CONSTRAINT curriculum_is_the_programs
FOREIGN KEY (curriculum_id, program_id) REFERENCES curriculum (id, program_id)
"""
LET_GO = "ALTER TABLE program_enrollment DROP CONSTRAINT curriculum_is_the_programs"


class Migration(migrations.Migration):
    dependencies = [("program_enrollments", "0001_initial")]

    operations = [migrations.RunSQL(HOLD, LET_GO)]
