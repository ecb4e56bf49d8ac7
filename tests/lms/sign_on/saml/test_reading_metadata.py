from datetime import UTC, datetime
from pathlib import Path

import pytest

from matricula.lms.sign_on.saml.reading_metadata import (
    MOST_BYTES,
    InvalidMetadata,
    read_metadata,
)
from tests.sign_on_with_saml.keeping_keys import make_keys
from tests.sign_on_with_saml.school import School

NOW = datetime(2031, 1, 10, 9, 0, tzinfo=UTC)


def read(text: str) -> object:
    return read_metadata(text.encode(), at=NOW)


def test_metadata_says_who_it_is_where_it_is_asked_and_how_it_signs(school: School) -> None:
    found = read_metadata(school.metadata.encode(), at=NOW)

    assert (found.entity_id, found.sso_url) == (school.entity_id, school.sso_url)
    inside = "".join(school.keys.certificate.read_text().splitlines()[1:-1])
    assert found.certificates == (inside,)


def test_two_certificates_are_read_while_one_follows_the_other(
    school: School, stranger: School
) -> None:
    both = _add_key(school.metadata, _key_of(stranger.metadata))

    assert len(read_metadata(both.encode(), at=NOW).certificates) == 2


def test_what_is_for_encryption_alone_signs_nothing(school: School) -> None:
    other = school.metadata.replace('use="signing"', 'use="encryption"')

    with pytest.raises(InvalidMetadata, match="certificates for signing"):
        read(other)


def test_one_provider_in_a_list_is_found(school: School) -> None:
    listed = (
        '<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">'
        f"{school.metadata}</EntitiesDescriptor>"
    )

    assert read_metadata(listed.encode(), at=NOW).entity_id == school.entity_id


def test_of_several_providers_none_is_chosen(school: School) -> None:
    listed = f"<all>{school.metadata}{school.metadata}</all>"

    with pytest.raises(InvalidMetadata, match="of one"):
        read(listed)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("IDPSSODescriptor", "SPSSODescriptor", "of one"),
        ("SAML:2.0:protocol", "SAML:1.1:protocol", "of one"),
        ("entityID=", "other=", "who it is"),
        ("HTTP-Redirect", "HTTP-POST", "HTTP-Redirect"),
        ("https://idp.river.example/sso", "http://idp.river.example/sso", "https"),
        ("https://idp.river.example/sso", "javascript:alert(1)", "https"),
        ("entityID=", 'validUntil="2031-01-09T00:00:00Z" entityID=', "fetch it again"),
        ("entityID=", 'validUntil="soon" entityID=', "validUntil"),
        ("X509Certificate>M", "X509Certificate>?", "no certificate"),
        ("X509Certificate>", "Other>", "certificates for signing"),
        ("</", "<", "no XML"),
    ],
)
def test_metadata_that_could_not_be_used_is_refused(
    school: School, old: str, new: str, fault: str
) -> None:
    assert old in school.metadata

    with pytest.raises(InvalidMetadata, match=fault):
        read(school.metadata.replace(old, new))


def test_a_short_key_is_refused(school: School, tmp_path: Path) -> None:
    short = make_keys(tmp_path, "short", bits=1024).certificate.read_text()
    ours = school.keys.certificate.read_text()
    changed = school.metadata.replace(_inside(ours), _inside(short))
    assert changed != school.metadata

    with pytest.raises(InvalidMetadata, match="1024 bits"):
        read(changed)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/"><a/>',
        "<a>" * 300 + "</a>" * 300,
        "",
    ],
)
def test_no_declaration_reaches_a_parser(text: str) -> None:
    with pytest.raises(InvalidMetadata):
        read(text)


def test_more_than_one_school_needs_is_not_read() -> None:
    with pytest.raises(InvalidMetadata, match="bytes"):
        read_metadata(b" " * (MOST_BYTES + 1), at=NOW)


def _inside(certificate: str) -> str:
    return "".join(certificate.splitlines()[1:-1])


def _key_of(metadata: str) -> str:
    begin = metadata.index("<ns0:KeyDescriptor")
    end = metadata.index("</ns0:KeyDescriptor>") + len("</ns0:KeyDescriptor>")
    return metadata[begin:end]


def _add_key(metadata: str, key: str) -> str:
    return metadata.replace("<ns0:KeyDescriptor", f"{key}<ns0:KeyDescriptor", 1)
