"""How often somebody has asked lately."""

from django.db import models


class RequestCount(models.Model):
    """The requests of a caller in the minute that ``minute`` numbers. Lost in a crash, gladly."""

    caller = models.TextField(primary_key=True)
    minute = models.BigIntegerField()
    count = models.IntegerField()

    class Meta:
        db_table = "request_count"

    def __str__(self) -> str:
        return f"{self.count} requests of {self.caller}"
