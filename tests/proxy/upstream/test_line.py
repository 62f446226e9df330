"""gatepost.upstream.line: replies are split right, bounded, and strictly in step."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model import RelayReply
from gatepost.upstream.line import (
    MAX_LINE_BYTES,
    MAX_REPLY_BYTES,
    MAX_WORDS,
    Broken,
    Line,
    Reply,
    ReplyReader,
)

texts = st.binary(max_size=60).map(lambda octets: octets.replace(b"\n", b"").rstrip(b"\r"))
replies = st.builds(
    Reply, st.integers(200, 599), st.lists(texts, min_size=1, max_size=4).map(tuple)
)  # as a relay may give them


class Wire(asyncio.Transport):
    """A transport that keeps what is written and delivers nothing by itself."""

    def __init__(self, closing: bool = False) -> None:
        super().__init__()
        self.written, self._closing = b"", closing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        pass

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True

    abort = close


async def test_a_line_is_in_step_from_command_to_reply() -> None:
    line = Line(wire := Wire(), {})
    line.send(b"NOOP\r\n", 1)
    assert not line.usable  # a reply is owed
    line.data_received(b"250 Ok")
    line.data_received(b"\r\n")
    assert (await line.reply(1)).code == 250
    assert line.usable
    assert wire.written == b"NOOP\r\n"


async def test_a_closed_transport_makes_no_line() -> None:
    line = Line(Wire(closing=True), {})
    assert not line.usable
    with pytest.raises(Broken):
        line.send(b"NOOP\r\n", 1)


async def test_half_a_reply_before_the_command_is_out_of_step() -> None:
    line = Line(wire := Wire(), {})
    line.data_received(b"250 O")
    assert not line.usable
    with pytest.raises(Broken):
        line.send(b"NOOP\r\n", 1)
    assert wire.written == b""


async def test_a_reply_unread_before_the_next_command_is_out_of_step() -> None:
    line = Line(Wire(), {})
    line.send(b"NOOP\r\n", 1)
    line.data_received(b"250 Ok\r\n")
    with pytest.raises(Broken):
        line.send(b"NOOP\r\n", 1)


async def test_draining_a_broken_line_breaks() -> None:
    line = Line(Wire(), {})
    line.data_received(b"250 unasked\r\n")
    with pytest.raises(Broken, match="unasked"):
        await line.drain(1)


async def test_drain_waits_until_the_relay_has_taken_enough() -> None:
    line = Line(Wire(), {})
    line.pause_writing()
    asyncio.get_running_loop().call_soon(line.resume_writing)
    await line.drain(5)
    line.pause_writing()
    with pytest.raises(Broken, match="longer"):
        await line.drain(0.01)


async def test_a_reply_that_was_read_before_the_connection_broke_counts() -> None:
    line = Line(Wire(), {})
    line.send(b"DATA\r\n", 1)
    line.data_received(b"550 No\r\n")
    line.connection_lost(None)
    assert (await line.reply(1)).code == 550
    with pytest.raises(Broken):
        await line.reply(1)


def spelled(reply: Reply) -> bytes:
    *more, last = reply.texts
    lines = [b"%d-%s\r\n" % (reply.code, text) for text in more]
    return b"".join((*lines, b"%d %s\r\n" % (reply.code, last)))


@given(st.lists(replies, max_size=5), st.data())
def test_replies_are_the_same_however_they_are_cut(said: list[Reply], data: st.DataObject) -> None:
    octets = b"".join(spelled(reply) for reply in said)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=6)))
    reader, heard = ReplyReader(), list[Reply]()
    for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True):
        heard += reader.feed(octets[start:end])
    assert heard == said
    assert not reader.midway


@given(st.binary(max_size=4_000))
def test_any_octets_give_replies_or_break(octets: bytes) -> None:
    try:
        heard = ReplyReader().feed(octets)
    except Broken:
        return
    assert all(200 <= reply.code <= 599 for reply in heard)


@given(replies)
def test_words_are_printable_and_bounded(reply: Reply) -> None:
    words = reply.words()
    assert words.text.isascii()
    assert words.text.isprintable() or not words.text
    assert len(words.text) <= MAX_WORDS
    assert words.enhanced == "" or words.enhanced[0] == str(reply.code)[0]


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"hello\r\n", id="no code"),
        pytest.param(b"99 x\r\n", id="two digits"),
        pytest.param(b"100 x\r\n", id="below 200"),
        pytest.param(b"600 x\r\n", id="above 599"),
        pytest.param(b"250_x\r\n", id="no separator"),
        pytest.param(b"\xb2\xb5\xb0 x\r\n", id="not ASCII digits"),
        pytest.param(b"250-a\r\n550 b\r\n", id="two codes in one reply"),
        pytest.param(b"\r\n", id="empty line"),
        pytest.param(b"250 " + b"x" * MAX_LINE_BYTES + b"\r\n", id="long line"),
        pytest.param(b"2" * (MAX_LINE_BYTES + 1), id="long line without end"),
        pytest.param(b"250-xxxxxxxxxx\r\n" * (MAX_REPLY_BYTES // 14 + 1), id="endless reply"),
    ],
)
def test_what_is_no_reply_breaks(octets: bytes) -> None:
    with pytest.raises(Broken):
        ReplyReader().feed(octets)


@pytest.mark.parametrize(
    ("code", "texts", "words"),
    [
        pytest.param(250, (b"2.0.0 Ok",), RelayReply(250, "2.0.0", "Ok"), id="enhanced"),
        pytest.param(250, (b"Ok",), RelayReply(250, "", "Ok"), id="plain"),
        pytest.param(
            550,
            (b"5.7.1 No", b"5.7.1 really not"),
            RelayReply(550, "5.7.1", "No really not"),
            id="several lines",
        ),
        pytest.param(550, (b"2.0.0 Ok",), RelayReply(550, "", "Ok"), id="enhanced of another class"),
        pytest.param(
            451, (b"4.3.0 \x1b[2J\xff",), RelayReply(451, "4.3.0", "?[2J?"), id="control characters"
        ),
        pytest.param(554, (b"",), RelayReply(554, "", ""), id="nothing"),
    ],
)
def test_words_of_a_reply(code: int, texts: tuple[bytes, ...], words: RelayReply) -> None:
    assert Reply(code, texts).words() == words
