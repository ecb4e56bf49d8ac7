"""Guarding the shape of an answer: one assertion, where it belongs, and signatures over all of it.

Signature wrapping lives on documents in which what is verified is not what is read. Only one shape
is let through here, in which the two cannot differ: a response with one assertion as its child,
whose signatures stand in what they sign and say so, by an id that exists once.
"""

from collections import Counter
from typing import Any

from matricula.lms.sign_on.saml.answers import MalformedAnswer, UnprovenAnswer

PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"

ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SIGNED_BY = {
    f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha{size}"
    for kind in ("rsa", "ecdsa")
    for size in (256, 384, 512)
}
DIGESTED_BY = {
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
}
KEY_WORDS = {f"{SIGNATURE}{name}" for name in ("X509Data", "KeyName", "KeyValue")}
"""What may be said of the key; all others tell a verifier to go and look elsewhere. The key that
counts is the one from the provider's metadata."""

# What could only be read with a key of ours, and we have given none.
ENCRYPTED = {
    f"{ASSERTION}{name}" for name in ("EncryptedAssertion", "EncryptedID", "EncryptedAttribute")
}

Element = Any  # lxml has no types


def require_shape(response: Element) -> Element:
    """Return the one assertion of a response, if its shape leaves nothing open.

    Raises:
        MalformedAnswer: there is more than one of something, or something is out of its place.
        UnprovenAnswer: there is no signature, or one made otherwise than is allowed.
    """
    if response.tag != f"{PROTOCOL}Response":
        raise MalformedAnswer("no response")
    tags = Counter(each.tag for each in response.iter())
    if tags.keys() & ENCRYPTED:
        raise MalformedAnswer("encrypted")
    assertions = response.findall(f"{ASSERTION}Assertion")
    if len(assertions) != 1 or tags[f"{ASSERTION}Assertion"] != 1:
        raise MalformedAnswer("not one assertion")
    if tags[f"{PROTOCOL}Response"] != 1:
        raise MalformedAnswer("not one response")
    _require_unique_ids(response)
    _require_signatures(response, assertions[0], found=tags[f"{SIGNATURE}Signature"])
    return assertions[0]


def is_signed(element: Element) -> bool:
    """Return whether the element bears a signature, as its own child."""
    return element.find(f"{SIGNATURE}Signature") is not None


def _require_unique_ids(response: Element) -> None:
    ids = Counter(
        value
        for element in response.iter()
        for name, value in element.attrib.items()
        if name.rpartition("}")[2].lower() == "id"
    )
    if any(count > 1 for count in ids.values()):
        raise MalformedAnswer("an id twice")


def _require_signatures(response: Element, assertion: Element, *, found: int) -> None:
    signed = [
        (element, signature)
        for element in (response, assertion)
        for signature in element.findall(f"{SIGNATURE}Signature")
    ]
    if not signed:
        raise UnprovenAnswer("no signature")
    if len(signed) != found or len(signed) != len({element for element, _ in signed}):
        raise MalformedAnswer("signatures out of place")
    for element, signature in signed:
        _require_usual(signature, of=element)


def _require_usual(signature: Element, *, of: Element) -> None:
    """Let a signature ask nothing unusual: it is obeyed before it is verified."""
    references = list(signature.iter(f"{SIGNATURE}Reference"))
    reference = signature.find(f"{SIGNATURE}SignedInfo/{SIGNATURE}Reference")
    if reference is None or len(references) != 1:
        raise UnprovenAnswer("not one reference")
    if signature.find(f".//{SIGNATURE}Object") is not None:
        raise UnprovenAnswer("an object")
    if not of.get("ID") or reference.get("URI") != f"#{of.get('ID')}":
        raise UnprovenAnswer("a reference to something else")
    _require_algorithm(signature, "CanonicalizationMethod", {EXCLUSIVE, INCLUSIVE})
    _require_algorithm(signature, "SignatureMethod", SIGNED_BY)
    _require_algorithm(signature, "DigestMethod", DIGESTED_BY)
    transforms = [each.get("Algorithm") for each in signature.iter(f"{SIGNATURE}Transform")]
    if len(transforms) != len(set(transforms)) or ENVELOPED not in transforms:
        raise UnprovenAnswer("unusual transforms")
    if not set(transforms) <= {ENVELOPED, EXCLUSIVE}:
        raise UnprovenAnswer("unusual transforms")
    for key_info in signature.iter(f"{SIGNATURE}KeyInfo"):
        if not {each.tag for each in key_info} <= KEY_WORDS:
            raise UnprovenAnswer("unusual key")


def _require_algorithm(signature: Element, name: str, allowed: set[str]) -> None:
    methods = [each.get("Algorithm") for each in signature.iter(f"{SIGNATURE}{name}")]
    if len(methods) != 1 or methods[0] not in allowed:
        raise UnprovenAnswer(f"unusual {name}")
