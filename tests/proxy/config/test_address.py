from __future__ import annotations

import pytest

from gatepost.config.address import split


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("127.0.0.1:2525", ("127.0.0.1", 2525)),
        ("[::1]:0", ("::1", 0)),
        ("localhost:65535", ("localhost", 65535)),
    ],
)
def test_host_and_port_are_told_apart(address: str, parts: tuple[str, int]) -> None:
    assert split(address) == parts


@pytest.mark.parametrize(
    "address",
    ["localhost", ":25", "::1:25", "a:65536", "a:-1", "a:٢٥", "[x]:25", "a b:25", "[::1]25", "http://a:1"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        split(address)
