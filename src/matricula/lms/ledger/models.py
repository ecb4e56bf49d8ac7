"""Change sets, changes, and what their numbers are ahead of the server's."""

import uuid

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.lms.ledger.triggers import guard


class ChangeSet(models.Model):
    """One act within one transaction. Written once: only an erasure may touch its reason."""

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    actor = models.TextField(
        help_text=gettext_lazy("Kind and technical name of who acted: account:17.")
    )
    channel = models.TextField(help_text=gettext_lazy("Through what: command, rest, admin."))
    reason = models.TextField(blank=True, help_text=gettext_lazy("Why, in the actor's words."))
    request_id = models.TextField(
        blank=True, help_text=gettext_lazy("Joins the change sets of one request.")
    )
    at = models.DateTimeField(
        help_text=gettext_lazy("When, as the actor says it; `as of` goes by this.")
    )
    recorded_at = models.DateTimeField(
        db_default=Now(), help_text=gettext_lazy("When it was written.")
    )
    transaction_id = models.BigIntegerField(
        db_default=Func(function="ledger_present"),
        help_text=gettext_lazy(
            "Commit order: whoever follows the ledger reads below the oldest running one."
        ),
    )

    class Meta:
        db_table = "change_set"
        constraints = [
            models.CheckConstraint(
                condition=~Q(actor="") & ~Q(channel=""), name="a_change_set_says_who_and_how"
            ),
        ]
        indexes = [
            models.Index(F("transaction_id"), F("id"), name="change_set_in_commit_order"),
            models.Index(F("actor"), F("id"), name="change_set_of_actor"),
            models.Index(F("at"), name="change_set_by_time"),
            models.Index(F("uuid"), name="change_set_by_uuid"),
            models.Index(
                F("request_id"), condition=~Q(request_id=""), name="change_set_of_request"
            ),
        ]
        triggers = [
            guard("is_written_once", pgtrigger.Update | pgtrigger.Delete, "ledger_unless_erasing"),
            guard("is_not_truncated", pgtrigger.Truncate, "ledger_never"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} #{self.pk}"


class Change(models.Model):
    """One row before and after. Null before: created; null after: deleted."""

    id = models.BigAutoField(primary_key=True)
    # No constraint: the trigger has just seen the change set, and a look-up a row costs a tenth.
    change_set = models.ForeignKey(
        ChangeSet, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False
    )
    subject = models.TextField(help_text=gettext_lazy("The table: program_enrollment."))
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    # Here it makes a page of the ledger one range of one index.
    transaction_id = models.BigIntegerField(help_text=gettext_lazy("That of its change set."))

    class Meta:
        db_table = "change"
        constraints = [
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(after__isnull=False),
                name="a_change_has_a_before_or_an_after",
            ),
        ]
        indexes = [
            models.Index(F("row_id"), F("subject"), name="change_of_row"),
            models.Index(F("transaction_id"), F("id"), name="change_in_commit_order"),
            BrinIndex(F("change_set"), name="change_of_change_set"),
            models.Index(
                F("subject"),
                F("before__identity_id"),
                condition=Q(after__isnull=True),
                name="change_that_deleted",
            ),
            models.Index(
                F("before__program_id"),
                F("row_id"),
                condition=Q(subject="program_enrollment", after__isnull=True),
                name="change_that_left_a_program",
            ),
            models.Index(
                F("before__program_enrollment_id"),
                F("row_id"),
                condition=Q(subject="course_enrollment", after__isnull=True),
                name="change_that_ended_a_grant",
            ),
            models.Index(
                F("before__account_id"),
                condition=Q(subject="identity", before__account_id__isnull=False),
                name="change_that_unbound",
            ),
        ]
        triggers = [
            guard("is_made_by_triggers", pgtrigger.Insert, "ledger_only_by_triggers"),
            guard("is_written_once", pgtrigger.Update | pgtrigger.Delete, "ledger_unless_erasing"),
            guard("is_not_truncated", pgtrigger.Truncate, "ledger_never"),
        ]

    def __str__(self) -> str:
        said = {"row": f"{self.subject} {self.row_id}", "act": self.change_set_id, "id": self.pk}
        return _("%(row)s in change set %(act)s, number %(id)s") % said


class Numbering(models.Model):
    """How the ledger's numbers of transactions follow from this server's; one row, or none yet."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    ahead = models.BigIntegerField(
        help_text=gettext_lazy("Added to the server's own number of a transaction.")
    )
    written_as = models.TextField(
        help_text=gettext_lazy(
            "Table and transaction of this row, as the server that wrote it numbers them."
        )
    )

    class Meta:
        db_table = "ledger_numbering"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_numbering")]

    def __str__(self) -> str:
        return f"{self.ahead} ahead"
