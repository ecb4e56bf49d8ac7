"""Sessions: whoever has signed in at the LMS stays known here for a while."""

from django.contrib.auth.backends import BaseBackend

from matricula.registrar.accounts.models import Account


class Sessions(BaseBackend):
    """Finds the account of a session. Nobody signs in by it: there are no passwords here."""

    def get_user(self, user_id: int) -> Account | None:
        """Return the account, unless it is closed."""
        return Account.objects.filter(pk=user_id, is_active=True).first()
