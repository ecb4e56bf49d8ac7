"""Mailing: written with what it tells of, and handed over once that is there to stay."""

from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from procrastinate.contrib.django import app

from matricula.lms.addresses.models import OutgoingMail

HAND_OVER = "addresses.hand_over_mail"
"""The task that does; by its name, for it is defined above this module."""

log = structlog.get_logger("matricula.mail")


def post_mail(*, message: EmailMessage, at: datetime) -> None:
    """Have a mail delivered after this transaction, and fail nothing if that does not work.

    With a mail server it waits in a table until a worker has handed it over; without one it is
    written where ``EMAIL_BACKEND`` says.
    """
    if not settings.SMTP:
        transaction.on_commit(lambda: message.send(fail_silently=False), robust=True)
        return
    with transaction.atomic():
        mail = OutgoingMail.objects.create(
            recipient=message.to[0],
            subject=str(message.subject),
            body=str(message.body),
            made_at=at,
        )
        app.configure_task(HAND_OVER).defer(mail_id=mail.pk)


def hand_over_mail(*, mail_id: int, attempt: int) -> None:
    """Hand a mail over to the mail server, and forget it; one that is gone already is done.

    Raises:
        OSError: the server cannot be reached, or does not take it; the mail is kept.
    """
    mail = OutgoingMail.objects.filter(pk=mail_id).first()
    if mail is None:
        return
    OutgoingMail.objects.filter(pk=mail_id).update(tries=attempt)
    message = EmailMessage(mail.subject, mail.body, to=[mail.recipient])
    try:
        message.send()
    except OSError:  # smtplib's errors are such
        log.warning("mail not handed over", mail=mail_id, attempt=attempt)
        raise
    mail.delete()
    log.info("mail handed over", mail=mail_id, attempt=attempt)


def forget_mail_to(*, recipients: list[str]) -> int:
    """Delete what waits to be sent to these addresses, however written, and return how many."""
    folded = {each.lower() for each in recipients}
    waiting = OutgoingMail.objects.all()
    ids = [mail.pk for mail in waiting if mail.recipient.lower() in folded]
    return OutgoingMail.objects.filter(pk__in=ids).delete()[0]
