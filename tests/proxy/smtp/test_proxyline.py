"""PROXY headers, whole, cut and forged."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.smtp.proxyline import BadProxyHeader, Preface, octets_wanted, source

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
V4 = bytes([192, 0, 2, 7, 127, 0, 0, 1]) + b"\x10\x00\x00\x19"
V6 = bytes.fromhex("20010db8000000000000000000000007") * 2 + b"\x10\x00\x00\x19"


def block(command: int, family: int, addresses: bytes) -> bytes:
    return SIGNATURE + bytes([command, family]) + len(addresses).to_bytes(2, "big") + addresses


GOOD = {
    "v1 ipv4": (b"PROXY TCP4 192.0.2.7 127.0.0.1 4096 25\r\n", "192.0.2.7"),
    "v1 ipv6": (b"PROXY TCP6 2001:db8::7 ::1 4096 25\r\n", "2001:db8::7"),
    "v1 unknown": (b"PROXY UNKNOWN\r\n", None),
    "v1 unknown with rest": (b"PROXY UNKNOWN ffff::1 ::2 1 2\r\n", None),
    "v2 ipv4": (block(0x21, 0x11, V4), "192.0.2.7"),
    "v2 ipv4 with extension": (block(0x21, 0x11, V4 + b"\x04\x00\x01x"), "192.0.2.7"),
    "v2 ipv6": (block(0x21, 0x21, V6), "2001:db8::7"),
    "v2 local": (block(0x20, 0x00, b""), None),
    "v2 unspecified": (block(0x21, 0x00, b"xyz"), None),
}
BAD = {
    "smtp": b"EHLO desk.example\r\n",
    "lower case": b"proxy TCP4 192.0.2.7 127.0.0.1 4096 25\r\n",
    "no words": b"PROXY\r\n       ",
    "v1 family": b"PROXY UDP4 192.0.2.7 127.0.0.1 4096 25\r\n",
    "v1 wrong version": b"PROXY TCP4 2001:db8::7 ::1 4096 25\r\n",
    "v1 two spaces": b"PROXY TCP4  192.0.2.7 127.0.0.1 4096 25\r\n",
    "v1 no address": b"PROXY TCP4 desk 127.0.0.1 4096 25\r\n",
    "v1 port": b"PROXY TCP4 192.0.2.7 127.0.0.1 65536 25\r\n",
    "v1 negative port": b"PROXY TCP4 192.0.2.7 127.0.0.1 -1 25\r\n",
    "v1 more": b"PROXY TCP4 192.0.2.7 127.0.0.1 1 25 26\r\n",
    "v1 endless": b"PROXY TCP4 " + b"1" * 200,
    "v2 version": block(0x11, 0x11, V4),
    "v2 command": block(0x22, 0x11, V4),
    "v2 datagram": block(0x21, 0x12, V4),
    "v2 unix": block(0x21, 0x31, b"/" * 216),
    "v2 short": block(0x21, 0x11, V4[:-1]),
    "v2 huge": SIGNATURE + b"\x21\x11\xff\xff",
}


def read(octets: bytes) -> tuple[str | None, bytes]:
    """The source, and what was left unread."""
    header = b""
    while wanted := octets_wanted(header):
        assert octets, "more was wanted than there is"
        header, octets = header + octets[:wanted], octets[wanted:]
    return source(header), octets


@pytest.mark.parametrize("name", GOOD)
def test_a_header_names_its_source_and_not_an_octet_more_is_read(name: str) -> None:
    header, address = GOOD[name]
    assert read(header + b"\x16\x03\x01TLS") == (address, b"\x16\x03\x01TLS")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_header_is_seen(name: str) -> None:
    with pytest.raises(BadProxyHeader):
        read(BAD[name])


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"PROXY " + tail))
def test_any_octets_are_a_header_or_not(octets: bytes) -> None:
    header = b""
    try:
        while (wanted := octets_wanted(header)) and octets:
            header, octets = header + octets[:wanted], octets[wanted:]
        if not wanted:
            source(header)
    except BadProxyHeader:
        return
    assert len(header) <= 16 + 4096


class Pausable(asyncio.Transport):
    """A transport that notes whether it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.paused = False

    def pause_reading(self) -> None:
        self.paused = True


def give(preface: Preface, octets: bytes) -> bytes:
    """Let the preface read as a transport would; what is left."""
    transport = cast(Pausable, preface._transport)
    while octets and not transport.paused:
        room = preface.get_buffer(-1)
        piece, octets = octets[: len(room)], octets[len(room) :]
        room[: len(piece)] = piece
        preface.buffer_updated(len(piece))
    return octets


async def test_the_preface_stops_reading_where_the_header_ends() -> None:
    preface = Preface(Pausable(), lambda error: None)
    assert give(preface, GOOD["v1 ipv4"][0] + b"EHLO") == b"EHLO"
    assert await preface.source == "192.0.2.7"


async def test_the_preface_fails_on_a_bad_header() -> None:
    preface = Preface(Pausable(), lambda error: None)
    give(preface, BAD["smtp"])
    with pytest.raises(BadProxyHeader):
        await preface.source


async def test_an_end_within_the_header_fails_and_is_passed_on() -> None:
    lost: list[Exception | None] = []
    preface = Preface(Pausable(), lost.append)
    give(preface, b"PROXY TCP4 ")
    preface.eof_received()
    preface.connection_lost(None)
    with pytest.raises(BadProxyHeader):
        await preface.source
    assert lost == [None]
