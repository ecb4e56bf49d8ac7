"""Make the functions behind the ledger's triggers."""

from django.db import migrations

CHANGE_SET_IN_FORCE = """
CREATE FUNCTION ledger_change_set_in_force() RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    named text := current_setting('matricula.change_set', true);
    in_force bigint;
BEGIN
    SELECT id INTO in_force FROM change_set
    WHERE id = nullif(named, '')::bigint AND transaction_id = txid_current();
    IF in_force IS NULL THEN
        RAISE EXCEPTION 'this transaction has not named its change set'
            USING ERRCODE = 'restrict_violation',
                  HINT = 'Write through the operations of the api modules.';
    END IF;
    RETURN in_force;
END $$
"""

RECORD_INSERT = """
CREATE FUNCTION ledger_record_insert() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    INSERT INTO change (change_set_id, subject, row_id, after)
    SELECT in_force, TG_TABLE_NAME, n.id, to_jsonb(n)
    FROM new_rows n, ledger_change_set_in_force() AS in_force;
    RETURN NULL;
END $$
"""

# EXECUTE plans anew each time: a plan kept from a statement of one row would join a hundred
# thousand in nested loops. The join is FULL so that a row which is given another id, its only link
# to itself, ends and starts in the ledger instead of escaping it.
RECORD_UPDATE = """
CREATE FUNCTION ledger_record_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    EXECUTE $statement$
        INSERT INTO change (change_set_id, subject, row_id, before, after)
        SELECT $1, $2, coalesce(n.id, o.id), to_jsonb(o), to_jsonb(n)
        FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
        WHERE o IS DISTINCT FROM n
    $statement$ USING ledger_change_set_in_force(), TG_TABLE_NAME;
    RETURN NULL;
END $$
"""

RECORD_DELETE = """
CREATE FUNCTION ledger_record_delete() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    INSERT INTO change (change_set_id, subject, row_id, before)
    SELECT in_force, TG_TABLE_NAME, o.id, to_jsonb(o)
    FROM old_rows o, ledger_change_set_in_force() AS in_force;
    RETURN NULL;
END $$
"""

ONLY_BY_TRIGGERS = """
CREATE FUNCTION ledger_only_by_triggers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'changes are written by the triggers of the ledger alone'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""

UNLESS_ERASING = """
CREATE FUNCTION ledger_unless_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR current_setting('matricula.erasing', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'the ledger is written once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""

NEVER = """
CREATE FUNCTION ledger_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % would leave no changes', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""


def _make(sql: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(sql, f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        _make(CHANGE_SET_IN_FORCE, "ledger_change_set_in_force"),
        _make(RECORD_INSERT, "ledger_record_insert"),
        _make(RECORD_UPDATE, "ledger_record_update"),
        _make(RECORD_DELETE, "ledger_record_delete"),
        _make(ONLY_BY_TRIGGERS, "ledger_only_by_triggers"),
        _make(UNLESS_ERASING, "ledger_unless_erasing"),
        _make(NEVER, "ledger_never"),
    ]
