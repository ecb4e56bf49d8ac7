"""The triggers that write the ledger, to be declared beside the model they watch.

Their functions are made by this app's migrations. They are called directly, not through
pgtrigger's own wrapper, so that its ``ignore`` cannot switch the ledger off.
"""

import pgtrigger
from django.db import models

_UNUSED = "RETURN NULL;"


class _Calling(pgtrigger.Trigger):
    """A statement-level trigger that calls a function of the ledger's."""

    def __init__(
        self,
        *,
        name: str,
        function: str,
        when: pgtrigger.When,
        operation: pgtrigger.Operation,
        referencing: pgtrigger.Referencing | None = None,
    ) -> None:
        super().__init__(
            name=name,
            level=pgtrigger.Statement,
            when=when,
            operation=operation,
            referencing=referencing,
            func=_UNUSED,
        )
        self.function = function

    def render_execute(self, model: models.Model) -> str:  # noqa: ARG002  the signature is pgtrigger's
        return f"{self.function}()"


def record_changes() -> list[pgtrigger.Trigger]:
    """Return the triggers that record every insert, update and delete of a table.

    A statement without a change set in force is refused, and so is TRUNCATE. The table's primary
    key must be called ``id``.
    """
    return [
        _Calling(
            name="record_insert",
            function="ledger_record_insert",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=_rows(new="new_rows"),
        ),
        _Calling(
            name="record_update",
            function="ledger_record_update",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            referencing=_rows(old="old_rows", new="new_rows"),
        ),
        _Calling(
            name="record_delete",
            function="ledger_record_delete",
            when=pgtrigger.After,
            operation=pgtrigger.Delete,
            referencing=_rows(old="old_rows"),
        ),
        guard("is_not_truncated", pgtrigger.Truncate, "ledger_never"),
    ]


def guard(name: str, operation: pgtrigger.Operation, function: str) -> pgtrigger.Trigger:
    """Return a trigger that asks ``function`` before the statement runs."""
    return _Calling(name=name, function=function, when=pgtrigger.Before, operation=operation)


def _rows(*, old: str | None = None, new: str | None = None) -> pgtrigger.Referencing:
    return pgtrigger.Referencing(old=old, new=new)  # type: ignore[no-untyped-call]  # pgtrigger's
