"""A school's SAML provider, by pysaml2: what it says of its people, honestly."""

from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree
from saml2 import BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORD
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NAMEID_FORMAT_TRANSIENT, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

from tests.sign_on_with_saml.keeping_keys import KeyFiles, Signing, make_keys, sign

KEY_ATTRIBUTE = "urn:oid:0.9.2342.19200300.100.1.1"
"""What pysaml2 calls ``uid`` on the wire."""

Element = Any  # lxml has no types
NAMES = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of the school, as it knows them."""

    key: str | None
    mail: str | None = None
    name: str | None = None
    name_id: str | None = None
    """The persistent name that it has for them, if it gives one."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asked, and where the answer goes."""

    acs_url: str
    entity_id: str
    request_id: str | None = None


@dataclass
class School:
    """A provider with keys of its own."""

    folder: Path
    entity_id: str = "https://idp.river.example/metadata"
    sso_url: str = "https://idp.river.example/sso"
    keys: KeyFiles = field(init=False)
    server: Any = field(init=False)
    trusted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.keys = make_keys(self.folder, "school")
        self.server = self._start()

    @property
    def metadata(self) -> str:
        return str(entity_descriptor(self.server.config))

    def trust(self, metadata: str) -> None:
        """Take a service's metadata, so that its requests are answered."""
        self.trusted.append(metadata)
        assert self.server.reload_metadata({"inline": self.trusted})

    def read_request(self, request: str) -> Asked:
        """Read a request of a service that is trusted."""
        parsed = self.server.parse_authn_request(request, BINDING_HTTP_REDIRECT)
        known = self.server.response_args(parsed.message)
        return Asked(
            acs_url=known["destination"],
            entity_id=known["sp_entity_id"],
            request_id=known["in_response_to"],
        )

    def answer(
        self,
        person: Person,
        asked: Asked,
        *,
        signs: str = "response and assertion",
        signs_by: str = SIG_RSA_SHA256,
        digests_by: str = DIGEST_SHA256,
    ) -> Element:
        """Say who somebody is, as a tree."""
        said = {"uid": person.key, "mail": person.mail, "displayName": person.name}
        persistent = NameID(format=NAMEID_FORMAT_PERSISTENT, text=person.name_id)
        transient = NameID(format=NAMEID_FORMAT_TRANSIENT, text="another each time")
        answer = self.server.create_authn_response(
            {name: [value] for name, value in said.items() if value is not None},
            asked.request_id,
            asked.acs_url,
            asked.entity_id,
            name_id=persistent if person.name_id else transient,
            authn={"class_ref": PASSWORD, "authn_auth": self.entity_id},
            sign_response="response" in signs,
            sign_assertion="assertion" in signs,
            sign_alg=signs_by,
            digest_alg=digests_by,
        )
        return etree.fromstring(str(answer).encode())

    def revise(self, answer: Element, change: Callable[[Element], None]) -> Element:
        """Say it differently: an answer changed by the school itself, and signed after that."""
        revised = deepcopy(answer)
        change(revised)
        for element in (find(revised, "saml:Assertion"), revised):
            if element.find("ds:Signature", NAMES) is not None:
                sign(revised, element.get("ID"), self.keys.key)
        return revised

    def _start(self) -> Any:  # noqa: ANN401  pysaml2 has no types
        told = {
            "entityid": self.entity_id,
            "key_file": str(self.keys.key),
            "cert_file": str(self.keys.certificate),
            "metadata": {"inline": []},
            "xmlsec_binary": "/bin/sh",  # it has to be there; nothing starts it
            "service": {
                "idp": {
                    "endpoints": {
                        "single_sign_on_service": [(self.sso_url, BINDING_HTTP_REDIRECT)]
                    },
                    "name_id_format": [NAMEID_FORMAT_PERSISTENT],
                    "policy": {"default": {"lifetime": {"minutes": 5}}},
                }
            },
        }
        config = IdPConfig()
        config.load(told)
        server = Server(config=config)
        server.sec.crypto = Signing()
        config.xmlsec_binary = None  # or it is asked what it can do, for the metadata
        return server


def find(element: Element, path: str) -> Element:
    """Return the one element at a path."""
    (found,) = element.xpath(path, namespaces=NAMES)
    return found


def find_key(answer: Element) -> Element:
    """Return the element that holds the student key, the first of them."""
    path = f".//saml:Attribute[@Name='{KEY_ATTRIBUTE}']/saml:AttributeValue"
    return answer.xpath(path, namespaces=NAMES)[0]


def as_text(answer: Element) -> str:
    """Return a tree as it is sent, before it is packed."""
    return str(etree.tostring(answer, encoding="unicode"))


def pack(answer: Element | str | bytes) -> str:
    """Return an answer as the browser brings it."""
    if isinstance(answer, bytes):
        return b64encode(answer).decode()
    text = answer if isinstance(answer, str) else as_text(answer)
    return b64encode(text.encode()).decode()
