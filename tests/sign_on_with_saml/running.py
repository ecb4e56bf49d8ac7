"""A school's provider as a process: ``python -m ...sign_on_with_saml.running FOLDER PORT HOST``.

It trusts the services whose metadata lies in its folder, asks people who they are without asking
for a proof, and spoils its answers if they say how.
"""

import sys
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.sign_on_with_saml import mischief
from tests.sign_on_with_saml.changing import expire, set_audience
from tests.sign_on_with_saml.school import Element, Person, School, pack

HOST = "127.0.0.1"
FIELDS = ("key", "mail", "name", "name_id", "mischief")
PAGE = """<!DOCTYPE html><title>River</title>
<form method="post" action="{}">{}<button>Go</button></form>"""

Spoil = Callable[[School, Element], Element | str]
SPOILS: dict[str, Spoil] = {
    "": lambda _, answer: answer,
    "tampered": lambda _, answer: mischief.tamper(answer),
    "unsigned": lambda _, answer: mischief.strip_signatures(answer),
    "wrapped": lambda _, answer: mischief.hide_in_object(answer),
    "entities": lambda _, answer: mischief.declare_entities(answer),
    "expired": lambda school, answer: school.revise(answer, expire),
    "elsewhere": lambda school, answer: school.revise(answer, set_audience("https://other/")),
}


class Answering(BaseHTTPRequestHandler):
    """Answers browsers."""

    school: School

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/metadata":
            self._say(self.school.metadata, "application/samlmetadata+xml")
            return
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        fields = "".join(f'<input name="{name}">' for name in FIELDS)
        self._say(PAGE.format("/sso", _hide("SAMLRequest", asked["SAMLRequest"]) + fields))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        told = {name: values[0] for name, values in parse_qs(body).items()}
        self._trust_services()
        asked = self.school.read_request(told["SAMLRequest"])
        person = Person(
            key=told.get("key"),
            mail=told.get("mail"),
            name=told.get("name"),
            name_id=told.get("name_id"),
        )
        answer = SPOILS[told.get("mischief", "")](self.school, self.school.answer(person, asked))
        script = "<script>onload = () => document.forms[0].submit()</script>"
        self._say(PAGE.format(escape(asked.acs_url), _hide("SAMLResponse", pack(answer))) + script)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        del format, args

    def _trust_services(self) -> None:
        for file in self.school.folder.glob("*.xml"):
            metadata = file.read_text()
            if metadata not in self.school.trusted:
                self.school.trust(metadata)

    def _say(self, text: str, kind: str = "text/html; charset=utf-8") -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _hide(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def main() -> None:
    """Serve until stopped."""
    folder, port, host = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    home = f"http://{host}:{port}"
    Answering.school = School(folder, f"{home}/metadata", f"{home}/sso")
    ThreadingHTTPServer((HOST, port), Answering).serve_forever()


if __name__ == "__main__":
    main()
