"""Let the ledger be followed by one index, and deletions be found by program.

The changes that are there already count as this migration's transaction, in the order of their ids:
all of them were committed before it, and nobody followed them before.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="change",
            name="transaction_id",
            field=models.BigIntegerField(
                db_default=models.Func(function="txid_current"),
                help_text="Commit order: whoever follows the ledger reads below the oldest running one.",
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                models.F("transaction_id"), models.F("id"), name="change_in_commit_order"
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                models.F("before__program_id"),
                models.F("row_id"),
                condition=models.Q(("after__isnull", True), ("subject", "program_enrollment")),
                name="change_that_left_a_program",
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                models.F("before__program_enrollment_id"),
                models.F("row_id"),
                condition=models.Q(("after__isnull", True), ("subject", "course_enrollment")),
                name="change_that_ended_a_grant",
            ),
        ),
    ]
