"""The door of addresses."""

from matricula.lms.addresses.erasing import erase_addresses, list_addresses_to_erase
from matricula.lms.addresses.keeping import keep_own_address
from matricula.lms.addresses.listing import (
    Address,
    Standing,
    holds_own_address,
    list_addresses,
)
from matricula.lms.addresses.mailing import forget_mail_to, post_mail
from matricula.lms.addresses.models import AddressProof, Answer, OutgoingMail
from matricula.lms.addresses.moving import move_addresses
from matricula.lms.addresses.resending import (
    GivenUpMail,
    list_given_up_mail,
    send_mail_again,
)
from matricula.lms.addresses.sweeping import answer_proof, sweep_proofs
from matricula.lms.addresses.verifying import UnknownAddress, find_address_of_key, verify_address

__all__ = [
    "Address",
    "AddressProof",
    "Answer",
    "GivenUpMail",
    "OutgoingMail",
    "Standing",
    "UnknownAddress",
    "answer_proof",
    "erase_addresses",
    "find_address_of_key",
    "forget_mail_to",
    "holds_own_address",
    "keep_own_address",
    "list_addresses",
    "list_addresses_to_erase",
    "list_given_up_mail",
    "move_addresses",
    "post_mail",
    "send_mail_again",
    "sweep_proofs",
    "verify_address",
]
