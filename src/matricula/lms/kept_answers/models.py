"""What was answered under which key."""

from django.db import models

from matricula.lms.accounts.api import Account


class KeptAnswer(models.Model):
    """The answer to a caller's request; it was stored in the transaction of what it answers."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    key = models.TextField()
    digest = models.BinaryField(help_text="Of method, address and body of the request.")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.BinaryField()
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "kept_answer"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key"], name="one_answer_per_account_and_key"
            ),
        ]

    def __str__(self) -> str:
        return f"kept answer {self.pk} of account {self.account_id}"
