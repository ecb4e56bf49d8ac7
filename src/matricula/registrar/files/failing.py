"""What storages raise when they cannot be reached: those of S3 have words of their own."""

from importlib import import_module
from importlib.util import find_spec


def list_troubles() -> tuple[type[Exception], ...]:
    """Return the exceptions that say that a storage fails."""
    if find_spec("botocore") is None:  # an extra: see pyproject.toml
        return (OSError,)
    of_s3 = import_module("botocore.exceptions")
    return (OSError, of_s3.BotoCoreError, of_s3.ClientError)


STORAGE_TROUBLES = list_troubles()
