"""Tests reach this machine and nothing else."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError

# A documentation address: nobody has it, so that a broken guard would not bother anyone.
OUTSIDE = ("192.0.2.1", 80)


def test_sockets_to_this_machine_work() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_sockets_to_the_outside_are_refused() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as outward,
        pytest.warns(UserWarning, match=OUTSIDE[0]),
        pytest.raises(SocketConnectBlockedError),
    ):
        outward.connect(OUTSIDE)


def test_libraries_get_no_further() -> None:
    with (
        pytest.warns(UserWarning, match=OUTSIDE[0]),
        pytest.raises(SocketConnectBlockedError),
    ):
        socket.create_connection(OUTSIDE, timeout=5)
