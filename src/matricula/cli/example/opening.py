"""Opening the example: what is where, who can sign in, and what to do first. 80 columns do."""

from dataclasses import dataclass
from pathlib import Path

from matricula import postgres
from matricula.cli.example.cataloging import PROGRAMS, SCHOOL_NAME
from matricula.cli.example.equipping import DEAN, REGISTRAR, Equipment, place
from matricula.cli.example.inventing import INTAKE, INTAKE_PROGRAM
from matricula.cli.example.registering import introduce_school
from matricula.cli.example.signing_on import Offered, find_fault
from matricula.cli.example.writing import NEXT
from matricula.cli.showing import say, seen_from_here, show_table

OF_THE_REGISTRAR = (REGISTRAR, DEAN)


@dataclass(slots=True)
class Opened:
    """What is open: addresses, logins, and who can sign on at the school."""

    equipment: Equipment
    lms: str
    registrar: str = ""
    offered: Offered | None = None

    @property
    def logs(self) -> Path:
        """Where each service writes what it logs."""
        return postgres.home() / "logs"


def tell_opened(opened: Opened) -> None:
    """Print it all, and bring the Registrar what it has to know; everything must be listening."""
    _tell_addresses(opened)
    _tell_logins(opened)
    _tell_what_to_try(opened)
    _tell_programs(opened)
    say(
        f"\nMail is not sent, but kept in {seen_from_here(postgres.home() / 'mail')}. "
        f"What the services log is in {seen_from_here(opened.logs)}.\n"
        "Ctrl-C stops.\n"
    )


def _tell_addresses(opened: Opened) -> None:
    if opened.registrar:
        say(f"\nThe Registrar is on {opened.registrar}: schools upload their rosters there.")
        if fault := introduce_school():
            say(f"It does not know the school yet: {fault}")
    else:
        say("\nThe Registrar is not here: DATABASE_URL is set, REGISTRAR_DATABASE_URL is not.")
    say(f"The LMS is on {opened.lms}: students find their courses there.\n")


def _tell_logins(opened: Opened) -> None:
    logins = [
        (
            each.username,
            each.password,
            "the Registrar" if each.username in OF_THE_REGISTRAR else "the LMS",
            each.what,
        )
        for each in opened.equipment.logins
    ]
    show_table(["username", "password", "at", "who"], logins)


def _tell_what_to_try(opened: Opened) -> None:
    say("\nTo see it done:")
    if opened.registrar:
        title, _ = PROGRAMS[INTAKE_PROGRAM]
        say(
            f"  1. Open {opened.registrar} and sign in as {REGISTRAR}.\n"
            f"     Choose {title}, then upload this file:\n"
            f"       {(postgres.home() / 'example' / NEXT).resolve()}\n"
            f"     It has courses for {INTAKE} students, and a few wrong rows."
        )
    if opened.offered is None:
        say(f"  The school's sign-on is not here: {find_fault()}")
        return
    beginner, newcomer = opened.offered.beginner, opened.offered.newcomer
    say(
        f"  2. Open {opened.lms} in a private window. Sign in with\n"
        f"     {SCHOOL_NAME}, and be {beginner.name}, one of those students.\n"
        f"     {newcomer.name} has two programs already, and no account yet either."
    )


def _tell_programs(opened: Opened) -> None:
    equipment = opened.equipment
    say(
        f"\nA client for programs; the API is described on {opened.lms}/api/schema:\n"
        f"  client id      {equipment.client_id}\n"
        f"  client secret  {equipment.client_secret}\n"
        f"It and the logins are kept in {seen_from_here(place())}.\n"
        "What to do with it: docs/how-to/main-job-by-http.md"
    )
