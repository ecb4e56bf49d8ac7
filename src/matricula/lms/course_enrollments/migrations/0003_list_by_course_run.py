"""Let the grants of a course run be listed page by page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("course_enrollments", "0002_hold_grants_to_program_enrollments"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="courseenrollment",
            index=models.Index(
                models.F("course_run") + 0, models.F("id"), name="grant_in_course_run"
            ),
        ),
    ]
