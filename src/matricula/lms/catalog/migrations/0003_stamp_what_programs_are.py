"""Let one number say whether what was read of the programs is still so.

Whatever writes to these tables gives the catalog another stamp, which commits with it: two
snapshots with the same stamp have the same programs.
"""

from django.db import migrations, models

STAMPED = (
    "course_run",
    "curriculum",
    "curriculum_course_run",
    "curriculum_program",
    "program",
    "program_course_run",
    "program_organization",
)
"""All that a program's outline is read from, but for the organization's key."""

# Random, and not counted: a number that is taken back with its transaction would come again, and
# say something else.
STAMP_ANEW = """
CREATE FUNCTION catalog_stamp_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.catalog_stamp (id, stamp) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp;
    RETURN NULL;
END $$
"""


def _stamp(table: str, *events: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER stamps_the_catalog AFTER {' OR '.join(events)} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION catalog_stamp_anew()",
        f"DROP TRIGGER stamps_the_catalog ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_what_clients_ask_of_course_runs"),
        ("organizations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogStamp",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("stamp", models.UUIDField()),
            ],
            options={
                "db_table": "catalog_stamp",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="there_is_one_stamp"
                    )
                ],
            },
        ),
        migrations.RunSQL(STAMP_ANEW, "DROP FUNCTION catalog_stamp_anew()"),
        *(_stamp(table, "INSERT", "UPDATE", "DELETE", "TRUNCATE") for table in STAMPED),
        _stamp("organization", "UPDATE"),  # nothing has one that is new, or that can be deleted
    ]
