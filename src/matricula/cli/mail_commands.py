"""``matricula mail``: what the mail server would not take."""

import typer

from matricula.cli.acting import operator
from matricula.cli.showing import Json, say, show_json, show_table
from matricula.lms.addresses.api import list_given_up_mail, send_mail_again

app = typer.Typer(no_args_is_help=True, help="Mail that was given up, and sending it again.")


@app.command("given-up")
def given_up(*, as_json: Json = False) -> None:
    """List mail that nobody tries to hand over any more, oldest first; 500 at most."""
    found = list_given_up_mail(by=operator())
    if as_json:
        show_json({"mail": found})
        return
    if not found:
        say("None: all mail is handed over, or is being tried.")
        return
    show_table(
        ["number", "to somebody at", "subject", "written", "tries"],
        [
            (each.id, each.host, each.subject, f"{each.made_at:%Y-%m-%d %H:%M}", each.tries)
            for each in found
        ],
    )


@app.command("send-again")
def send_again(*, as_json: Json = False) -> None:
    """Have a worker try all of it again from the beginning; 500 at once."""
    count = send_mail_again(by=operator())
    if as_json:
        show_json({"tried_again": count})
    else:
        say(f"{count} tried again." if count else "There was nothing to send again.")
