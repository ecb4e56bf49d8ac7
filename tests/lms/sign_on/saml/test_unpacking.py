import pytest

from matricula.lms.sign_on.saml.answers import MalformedAnswer
from matricula.lms.sign_on.saml.unpacking import unpack_answer
from tests.sign_on_with_saml.school import pack


def test_plain_text_is_let_through_however_it_is_broken_into_lines() -> None:
    encoded = pack('<?xml version="1.0" encoding="UTF-8"?><a>ä<![CDATA[<]]><!-- b --></a>')
    broken = "\r\n".join(encoded[each : each + 8] for each in range(0, len(encoded), 8))

    assert unpack_answer(broken).endswith("<a>ä<![CDATA[<]]><!-- b --></a>")


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("<!DOCTYPE a><a/>", "declarations"),
        ("<a><!ENTITY b 'c'></a>", "declarations"),
        ("<a><!doctype a></a>", "declarations"),
        # Who reads it as it says finds a document type in it.
        ('<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>', "another encoding"),
        ("\ufeff<?xml version='1.0' encoding='latin-1'?><a/>", "another encoding"),
        ("<a/>".encode("utf-16"), "no UTF-8"),
        (b"<a>\xe4</a>", "no UTF-8"),
        ("<a>" * 10_001, "too many elements"),
        ("<a " + "xmlns:b='c' " * 501 + "/>", "too many elements"),
    ],
)
def test_anything_else_is_not(document: str | bytes, fault: str) -> None:
    with pytest.raises(MalformedAnswer, match=fault):
        unpack_answer(pack(document))


def test_what_is_no_base64_is_not() -> None:
    for encoded in ("PGEvPg=", "PGEvPg==!", "ä"):
        with pytest.raises(MalformedAnswer, match="no base64"):
            unpack_answer(encoded)
