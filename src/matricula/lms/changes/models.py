"""Who follows the ledger, and how far they have come."""

from django.db import models

from matricula.lms.accounts.api import Account


class Follower(models.Model):
    """An account that reads the ledger from cursor to cursor, and the last one it was given."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)
    transaction_id = models.BigIntegerField()
    change_id = models.BigIntegerField()
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "follower"

    def __str__(self) -> str:
        return f"account {self.account_id}, a follower"
