"""Locating whoever asks without saying who they are: by the network address they come from."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

CUSTOMER_BITS = 64
"""Of an IPv6 address, those that a network gives out together: the rest its customer chooses."""
LONGEST = 100


def locate_caller(*, remote: str, forwarded_for: str, proxies: int) -> str:
    """Return the address that requests are counted for.

    ``forwarded_for`` is the header of that name, to which each proxy adds whom it heard; anybody
    may send one, so only what ``proxies`` of our own have added is believed.
    """
    hops = forwarded_for.split(",") if forwarded_for else []
    return _name(hops[-proxies] if 0 < proxies <= len(hops) else remote)


def _name(address: str) -> str:
    found = _read(address.strip())
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, CUSTOMER_BITS), strict=False))
    return str(found)[:LONGEST]


def _read(address: str) -> IPv4Address | IPv6Address | str:
    bare, _, _ = address.removeprefix("[").partition("]")
    for candidate in (bare, bare.rpartition(":")[0]):  # some proxies write the port as well
        try:
            found = ip_address(candidate)
        except ValueError:
            continue
        return getattr(found, "ipv4_mapped", None) or found
    return address
