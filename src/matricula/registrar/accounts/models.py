"""Accounts, as the LMS describes them."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Accounts(BaseUserManager["Account"]):
    """Finds accounts for Django's sessions."""


class Account(AbstractBaseUser):
    """Somebody whom the LMS knows. ``uuid`` is theirs there; a name may pass to somebody else."""

    uuid = models.UUIDField(unique=True)
    username = models.TextField(unique=True)
    email = models.TextField(blank=True)
    is_email_verified = models.BooleanField(default=False)
    is_staff = models.BooleanField(default=False, help_text="Of the platform, as the LMS says.")
    is_active = models.BooleanField(default=True)
    seen_at = models.DateTimeField(help_text="When the LMS last said something new.")

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = Accounts()

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.username

    @property
    def verified_email(self) -> str:
        """The address, if the LMS has said that it is theirs."""
        return self.email if self.is_email_verified else ""

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Say no to Django's own permissions: roles are ours (see partners)."""
        del perm, obj
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Say no, as above."""
        del app_label
        return False


class LmsKey(models.Model):
    """The public half of a key that the LMS signs tokens with, as RFC 7517 has it."""

    key_id = models.TextField(primary_key=True)
    public = models.JSONField()
    told_at = models.DateTimeField(help_text="When the LMS last told of it.")

    class Meta:
        db_table = "lms_key"

    def __str__(self) -> str:
        return self.key_id
