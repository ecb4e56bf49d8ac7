"""The address that requests are counted for."""

import pytest

from matricula.service.rate_limits.api import locate_caller


def locate(remote: str, forwarded_for: str = "", *, proxies: int = 0) -> str:
    return locate_caller(remote=remote, forwarded_for=forwarded_for, proxies=proxies)


def test_it_is_that_of_the_connection() -> None:
    assert locate("192.0.2.1") == "192.0.2.1"
    assert locate("192.0.2.1", "203.0.113.9") == "192.0.2.1"


@pytest.mark.parametrize(
    ("forwarded_for", "proxies", "expected"),
    [
        ("203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1,203.0.113.9 , 192.0.2.2", 2, "203.0.113.9"),
        ("", 1, "192.0.2.1"),
        ("203.0.113.9", 2, "192.0.2.1"),
        ("203.0.113.9:4711", 1, "203.0.113.9"),
        ("[2001:db8::5]:4711", 1, "2001:db8::/64"),
        ("unknown", 1, "unknown"),
        ("x" * 5000, 1, "x" * 100),
        (",", 1, ""),
    ],
)
def test_behind_proxies_it_is_what_the_first_of_ours_has_heard(
    forwarded_for: str, proxies: int, expected: str
) -> None:
    assert locate("192.0.2.1", forwarded_for, proxies=proxies) == expected


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("2001:db8:0:7:aaaa::1", "2001:db8:0:7::/64"),
        ("2001:db8:0:7:bbbb::2", "2001:db8:0:7::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_of_a_customer_of_ipv6_all_addresses_are_one(remote: str, expected: str) -> None:
    assert locate(remote) == expected
