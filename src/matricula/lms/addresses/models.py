"""Proofs of addresses, and mail that waits to be handed over."""

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import Q


class Answer(models.TextChoices):
    """What became of a proof."""

    BOUND = "bound", "the identity is the account's"
    REFUSED = "refused", "it is another account's; a conflict is kept"
    UNUSABLE = "unusable", "the address or the account cannot be bound"


class AddressProof(models.Model):
    """That the mail sent to an address was read by whom the account belongs to.

    Written with the confirmation, answered by the binding: what is not answered is tried again.
    """

    address = models.OneToOneField(EmailAddress, on_delete=models.CASCADE)
    proven_at = models.DateTimeField()
    answer = models.TextField(choices=Answer, null=True)  # noqa: DJ001  null until it is answered
    answered_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)

    class Meta:
        db_table = "address_proof"
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__isnull=True, answered_at__isnull=True)
                | Q(answer__in=Answer.values, answered_at__isnull=False),
                name="an_answered_proof_says_when_and_how",
            ),
        ]
        indexes = [
            models.Index(
                "proven_at", condition=Q(answered_at__isnull=True), name="unanswered_proof"
            ),
        ]

    def __str__(self) -> str:
        return f"proof {self.pk} of address {self.address_id}"


class OutgoingMail(models.Model):
    """A mail that the mail server has not taken yet; once it has, the row is gone."""

    recipient = models.TextField()
    subject = models.TextField()
    body = models.TextField()
    made_at = models.DateTimeField()
    tries = models.IntegerField(default=0)

    class Meta:
        db_table = "outgoing_mail"

    def __str__(self) -> str:
        return f"mail {self.pk}"
