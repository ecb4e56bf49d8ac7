"""Let the numbers of transactions go on where they were when a dump is restored elsewhere.

The functions of 0001 are made again: a change takes the number of its change set, so that the
numbering is looked up once a statement, and not once a row.
"""

from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("matricula.lms.ledger.migrations.0001_functions")

# Its queries take a new snapshot each, so that a writer who has waited for `continue_numbering`
# sees what that one wrote.
PRESENT = """
CREATE FUNCTION ledger_present() RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RETURN txid_current() + coalesce((SELECT ahead FROM ledger_numbering), 0);
END $$
"""

# Stable, and so of one snapshot with the query that asks: what a newer one knows to have ended,
# that query may not see yet.
HORIZON = """
CREATE FUNCTION ledger_horizon() RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        + coalesce((SELECT ahead FROM ledger_numbering), 0);
END $$
"""

# A transaction sees itself, though no snapshot counts it as ended.
END = """
CREATE FUNCTION ledger_end() RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN greatest(
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
        pg_current_xact_id_if_assigned()::text::bigint + 1
    ) + coalesce((SELECT ahead FROM ledger_numbering), 0);
END $$
"""

CHANGE_SET_IN_FORCE = """
CREATE FUNCTION ledger_change_set_in_force(OUT id bigint, OUT transaction_id bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    named text := current_setting('matricula.change_set', true);
BEGIN
    SELECT s.id, s.transaction_id INTO id, transaction_id FROM change_set s
    WHERE s.id = nullif(named, '')::bigint AND s.transaction_id = ledger_present();
    IF id IS NULL THEN
        RAISE EXCEPTION 'this transaction has not named its change set'
            USING ERRCODE = 'restrict_violation',
                  HINT = 'Write through the operations of the api modules.';
    END IF;
END $$
"""

RECORD_INSERT = """
CREATE OR REPLACE FUNCTION ledger_record_insert() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    INSERT INTO change (change_set_id, transaction_id, subject, row_id, after)
    SELECT in_force.id, in_force.transaction_id, TG_TABLE_NAME, n.id, to_jsonb(n)
    FROM new_rows n, ledger_change_set_in_force() AS in_force;
    RETURN NULL;
END $$
"""

# Why EXECUTE, and why the join is FULL, is said in 0001.
RECORD_UPDATE = """
CREATE OR REPLACE FUNCTION ledger_record_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    in_force record := ledger_change_set_in_force();
BEGIN
    EXECUTE $statement$
        INSERT INTO change (change_set_id, transaction_id, subject, row_id, before, after)
        SELECT $1, $2, $3, coalesce(n.id, o.id), to_jsonb(o), to_jsonb(n)
        FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
        WHERE o IS DISTINCT FROM n
    $statement$ USING in_force.id, in_force.transaction_id, TG_TABLE_NAME;
    RETURN NULL;
END $$
"""

RECORD_DELETE = """
CREATE OR REPLACE FUNCTION ledger_record_delete() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    INSERT INTO change (change_set_id, transaction_id, subject, row_id, before)
    SELECT in_force.id, in_force.transaction_id, TG_TABLE_NAME, o.id, to_jsonb(o)
    FROM old_rows o, ledger_change_set_in_force() AS in_force;
    RETURN NULL;
END $$
"""


def _make(sql: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(sql, f"DROP FUNCTION {name}()")


def _make_again(sql: str, before: str) -> migrations.RunSQL:
    return migrations.RunSQL(sql, before.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_follow_changes_in_commit_order")]

    operations = [
        migrations.CreateModel(
            name="Numbering",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                (
                    "ahead",
                    models.BigIntegerField(
                        help_text="Added to the server's own number of a transaction."
                    ),
                ),
                (
                    "written_as",
                    models.TextField(
                        help_text="Table and transaction of this row, as the server that wrote it numbers them."
                    ),
                ),
            ],
            options={
                "db_table": "ledger_numbering",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="there_is_one_numbering"
                    )
                ],
            },
        ),
        _make(PRESENT, "ledger_present"),
        _make(HORIZON, "ledger_horizon"),
        _make(END, "ledger_end"),
        # First of all, for it waits until nobody is between naming a change set and writing.
        migrations.AlterField(
            model_name="changeset",
            name="transaction_id",
            field=models.BigIntegerField(
                db_default=models.Func(function="ledger_present"),
                help_text="Commit order: whoever follows the ledger reads below the oldest running one.",
            ),
        ),
        migrations.RunSQL(
            f"DROP FUNCTION ledger_change_set_in_force(); {CHANGE_SET_IN_FORCE}",
            f"DROP FUNCTION ledger_change_set_in_force(); {BEFORE.CHANGE_SET_IN_FORCE}",
        ),
        _make_again(RECORD_INSERT, BEFORE.RECORD_INSERT),
        _make_again(RECORD_UPDATE, BEFORE.RECORD_UPDATE),
        _make_again(RECORD_DELETE, BEFORE.RECORD_DELETE),
        migrations.AlterField(
            model_name="change",
            name="transaction_id",
            field=models.BigIntegerField(help_text="That of its change set."),
        ),
    ]
