"""Let a statement's change set be looked up in one query, with the numbering.

Names are written out in full, so that it needs no search path of its own.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("matricula.lms.ledger.migrations.0004_go_on_after_a_restore")

CHANGE_SET_IN_FORCE = """
CREATE OR REPLACE FUNCTION ledger_change_set_in_force(OUT id bigint, OUT transaction_id bigint)
LANGUAGE plpgsql AS $$
DECLARE
    named bigint := nullif(current_setting('matricula.change_set', true), '')::bigint;
BEGIN
    SELECT s.id, s.transaction_id INTO id, transaction_id FROM public.change_set s
    WHERE s.id = named AND s.transaction_id
        = txid_current() + coalesce((SELECT ahead FROM public.ledger_numbering), 0);
    IF id IS NULL THEN
        RAISE EXCEPTION 'this transaction has not named its change set'
            USING ERRCODE = 'restrict_violation',
                  HINT = 'Write through the operations of the api modules.';
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_find_acts_by_actor_and_time")]

    operations = [
        migrations.RunSQL(
            CHANGE_SET_IN_FORCE,
            BEFORE.CHANGE_SET_IN_FORCE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
        )
    ]
