"""Files that are kept."""

from django.db import models


class StoredFile(models.Model):
    """A file, and what is known of it; ``size`` and ``sha256`` are blank until it is whole.

    ``name`` is that in the storage, ``download_name`` what a browser is to call it.
    """

    name = models.TextField(unique=True)
    download_name = models.TextField()
    content_type = models.TextField()
    size = models.BigIntegerField(null=True)
    sha256 = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "stored_file"
        indexes = [models.Index(fields=["created_at"], name="files_to_be_deleted")]

    def __str__(self) -> str:
        return self.name
