"""Keys of a school's provider, made when it starts, and what signs with them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from lxml import etree
from saml2.sigver import CryptoBackend


@dataclass(frozen=True)
class KeyFiles:
    """Where a key and its certificate are."""

    key: Path
    certificate: Path


def make_keys(folder: Path, name: str, *, bits: int = 2048) -> KeyFiles:
    """Make a key and a certificate that it signs itself."""
    key = rsa.generate_private_key(65537, bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    files = KeyFiles(folder / f"{name}-key.pem", folder / f"{name}.pem")
    files.key.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    return files


class Signing(CryptoBackend):  # type: ignore[misc]  # pysaml2 has no types
    """Signs for pysaml2, which would start the program xmlsec1 for it."""

    @property
    def version(self) -> str:
        return "1.3.0"

    def sign_statement(
        self, statement: object, node_name: str, key_file: str, node_id: str
    ) -> str:
        del node_name
        document = statement if isinstance(statement, bytes) else str(statement).encode()
        root = etree.fromstring(document)
        sign(root, node_id, Path(key_file))
        return str(etree.tostring(root, encoding="unicode"))


def sign(root: etree._Element, node_id: str, key: Path) -> None:
    """Fill in the signature that stands in the element of that id."""
    xmlsec.tree.add_ids(root, ["ID"])
    (signature,) = root.xpath("//*[@ID=$id]/*[local-name()='Signature']", id=node_id)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(str(key), xmlsec.constants.KeyDataFormatPem)
    context.sign(signature)
