"""Registering: making an account by a form."""

from allauth.account import views as theirs
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from matricula.lms.accounts.api import InvalidAccount, UsernameTaken
from matricula.lms.pages.authorizing import LeadingOn
from matricula.lms.pages.filling_in import RegistrationForm


class Register(LeadingOn, theirs.SignupView):
    """Asks for name, username, address and password, and begins the session."""

    def form_valid(self, form: RegistrationForm) -> HttpResponse:
        """Make the account and its address together; what is refused is said beside the form."""
        try:
            with transaction.atomic():
                response: HttpResponse = super().form_valid(form)
        except UsernameTaken:
            taken = _("Somebody has that username already. Choose another.")
            form.add_error("username", taken)
        except InvalidAccount as refusal:
            form.add_error(None, str(refusal))
        else:
            return response
        invalid: HttpResponse = self.form_invalid(form)
        return invalid
