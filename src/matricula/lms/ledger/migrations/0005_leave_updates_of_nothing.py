"""Let an upsert that updates nothing cost little in the ledger.

Each fires the trigger of updates, though it has no rows for it. It still needs a change set.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("matricula.lms.ledger.migrations.0004_go_on_after_a_restore")

# Why EXECUTE, and why the join is FULL, is said in 0001.
RECORD_UPDATE = """
CREATE OR REPLACE FUNCTION ledger_record_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    in_force record := ledger_change_set_in_force();
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows) THEN
        RETURN NULL;
    END IF;
    EXECUTE $statement$
        INSERT INTO change (change_set_id, transaction_id, subject, row_id, before, after)
        SELECT $1, $2, $3, coalesce(n.id, o.id), to_jsonb(o), to_jsonb(n)
        FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
        WHERE o IS DISTINCT FROM n
    $statement$ USING in_force.id, in_force.transaction_id, TG_TABLE_NAME;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_go_on_after_a_restore")]

    operations = [migrations.RunSQL(RECORD_UPDATE, BEFORE.RECORD_UPDATE)]
