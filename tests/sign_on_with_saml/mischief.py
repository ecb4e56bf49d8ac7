"""What can be done to an honest answer by somebody who has one of their own, and no key.

Each takes an answer as it was signed and makes another person of it: ``VICTIM``.
"""

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from tests.sign_on_with_saml.school import NAMES, Element, as_text, find, find_key

VICTIM = "rv-0001"

SAML = f"{{{NAMES['saml']}}}"
PROTOCOL = f"{{{NAMES['samlp']}}}"
SIGNATURE = f"{{{NAMES['ds']}}}"


def tamper(answer: Element) -> Element:
    """Change what is signed, and nothing else."""
    find_key(answer).text = VICTIM
    return answer


def strip_signatures(answer: Element) -> Element:
    """Take away the signatures, and say something else."""
    for signature in answer.xpath("//ds:Signature", namespaces=NAMES):
        signature.getparent().remove(signature)
    return tamper(answer)


def wrap_response_inside(answer: Element) -> Element:
    """Hide the signed response in the signature of a forged one."""
    signature, honest, forged = _split_response(answer)
    signature.append(honest)
    return forged


def wrap_response_before(answer: Element) -> Element:
    """Put the signed response before the signature of a forged one."""
    signature, honest, forged = _split_response(answer)
    signature.addprevious(honest)
    return forged


def add_assertion_before(answer: Element) -> Element:
    """Put a forged assertion before the signed one."""
    find(answer, "saml:Assertion").addprevious(_forge(answer))
    return answer


def wrap_assertion(answer: Element) -> Element:
    """Put the signed assertion into a forged one."""
    honest, forged = find(answer, "saml:Assertion"), _forge(answer)
    answer.replace(honest, forged)
    forged.append(honest)
    return answer


def borrow_signature(answer: Element) -> Element:
    """Give the signature to a forged assertion, and leave the one it is of at the end."""
    honest, forged, _ = _split_assertion(answer)
    answer.replace(find(answer, "saml:Assertion"), forged)
    answer.append(honest)
    return answer


def hide_in_signature(answer: Element) -> Element:
    """Give the signature to a forged assertion, with the one it is of inside."""
    honest, forged, signature = _split_assertion(answer)
    answer.replace(find(answer, "saml:Assertion"), forged)
    signature.append(honest)
    return answer


def hide_in_extensions(answer: Element) -> Element:
    """Put a forged assertion where anything may stand."""
    extensions = etree.Element(f"{PROTOCOL}Extensions")
    extensions.append(_forge(answer))
    find(answer, "saml:Issuer").addnext(extensions)
    return answer


def hide_in_object(answer: Element) -> Element:
    """Give the signature to a forged assertion, with the one it is of in its object."""
    honest, forged, signature = _split_assertion(answer)
    answer.replace(find(answer, "saml:Assertion"), forged)
    etree.SubElement(signature, f"{SIGNATURE}Object").append(honest)
    return answer


def keep_the_id(answer: Element) -> Element:
    """Let a forged assertion bear the very id of the signed one."""
    honest, forged = find(answer, "saml:Assertion"), _forge(answer)
    forged.set("ID", honest.get("ID"))
    honest.addprevious(forged)
    return answer


WRAPPED: dict[str, Callable[[Element], Element]] = {
    each.__name__: each
    for each in (
        wrap_response_inside,
        wrap_response_before,
        add_assertion_before,
        wrap_assertion,
        borrow_signature,
        hide_in_signature,
        hide_in_extensions,
        hide_in_object,
        keep_the_id,
    )
}


def split_by_comment(answer: Element, *, after: str) -> str:
    """Put a comment into the student key, which no signature sees."""
    text = as_text(answer)
    whole = find_key(answer).text
    return text.replace(f">{whole}<", f">{after}<!-- -->{whole.removeprefix(after)}<")


def declare_entities(answer: Element) -> str:
    """Let the student key be the end of a chain of entities that grow tenfold each."""
    links = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10))
    text = as_text(answer).replace(f">{find_key(answer).text}<", ">&a9;<")
    return f'<!DOCTYPE answer [<!ENTITY a0 "ten letters">{links}]>{text}'


def read_a_file(answer: Element) -> str:
    """Let the student key be what stands in a file."""
    text = as_text(answer).replace(f">{find_key(answer).text}<", ">&file;<")
    return f'<!DOCTYPE answer [<!ENTITY file SYSTEM "file:///etc/passwd">]>{text}'


def _split_response(answer: Element) -> tuple[Element, Element, Element]:
    """Return the response's signature, the response without it, and a forged one that has it."""
    honest = deepcopy(answer)
    honest.remove(honest.find("ds:Signature", NAMES))
    answer.set("ID", "forged")
    find(answer, "saml:Assertion").set("ID", "forged-assertion")
    return find(answer, "ds:Signature"), honest, tamper(answer)


def _split_assertion(answer: Element) -> tuple[Element, Element, Element]:
    """Return the assertion without its signature, a forged one that has it, and the signature."""
    honest = deepcopy(find(answer, "saml:Assertion"))
    forged = deepcopy(honest)
    honest.remove(honest.find("ds:Signature", NAMES))
    forged.set("ID", "forged")
    return honest, tamper(forged), find(forged, "ds:Signature")


def _forge(answer: Element) -> Element:
    forged = deepcopy(find(answer, "saml:Assertion"))
    forged.remove(forged.find("ds:Signature", NAMES))
    forged.set("ID", "forged")
    return tamper(forged)
