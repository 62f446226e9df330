"""The properties that no octets may break: one function a parser, by name in TARGETS.

Each takes any bytes and returns, or raises: an AssertionError for a broken property, anything else for a
parser that raised. `fuzz.run` feeds them with a coverage-guided fuzzer, `test_corpus.py` with what that found
worth keeping, `test_targets.py` with what hypothesis makes up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import cache
from itertools import pairwise
from typing import Any

from gatepost.bounce import Failure, compose_bounce
from gatepost.errors import Refused
from gatepost.model import RelayReply
from gatepost.smtp import replies
from gatepost.smtp.data import DataReader, Flood
from gatepost.smtp.login import decode, split_plain
from gatepost.smtp.paths import parse_mail, parse_rcpt
from gatepost.smtp.proxyline import BadProxyHeader, octets_wanted, source
from gatepost.smtp.replies import Refusal
from gatepost.upstream import head
from gatepost.upstream.letter import check_line_ends, compose
from gatepost_policies import Reading, Rulebook, Span, judge, load, read
from gatepost_policies.html import read_html
from gatepost_policies.mime import decode_text, split
from gatepost_policies.mime.parts import MAX_PARTS, MAX_READINGS
from kit.messages import AT, BUYER, message
from kit.sessions import Session, converse

Target = Callable[[bytes], None]

_LINE_BYTES = 300  # small limits: a fuzzer's mails are small, too
_MAIL_BYTES = 2_000
_NOWHERE = RelayReply(550, "5.1.1", "no such user")


# --- reading a mail ------------------------------------------------------------------------------


def mime(data: bytes) -> None:
    """Splitting never raises, keeps its bounds, and what it gives is text that can be stored."""
    found = split(data)
    assert len(found.leaves) <= (MAX_PARTS + 1) * MAX_READINGS
    assert found.headers.body_at <= len(data)
    for header in found.headers.decoded():
        assert "\n" not in header.value
        assert "\x00" not in header.value
    for leaf in found.leaves:
        decode_text(leaf.content, leaf.parameter("charset"))


def charset(data: bytes) -> None:
    """Any label on any octets gives text; the label is what stands before the first line feed."""
    label, _, content = data.partition(b"\n")
    text, defects = decode_text(content, label.decode("latin-1"))
    assert isinstance(text, str)
    assert set(defects) <= {"unknown-charset", "charset"}


def html(data: bytes) -> None:
    """Reading a page never raises, and what it shows for a link stands where it says."""
    page = read_html(data.decode("utf-8", "replace"))
    assert "\x00" not in page.text
    for quote in page.quotes:
        assert 0 <= quote.start <= quote.end <= len(page.text)


def facts(data: bytes) -> None:
    """A plain text's orders, tracking numbers, dates, amounts and addresses stand where they are said to."""
    headers = b"Subject: Order 112-1234567-1234567\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    _check_reading(read(headers + data))


def whole(data: bytes) -> None:
    """A whole mail is read and judged; each finding's words stand where it points."""
    reading = read(data)
    _check_reading(reading)
    verdict = judge(reading, rulebook(), recipients=(BUYER,))
    labels = {passage.label for passage in reading.mail.passages}
    for finding in verdict.findings:
        assert 0 <= finding.start <= finding.end
        assert finding.end == 0 or finding.part in labels
    replies.reply(550, "5.7.1", *(finding.evidence for finding in verdict.findings), "x")


@cache
def rulebook() -> Rulebook:
    """The default edition, loaded once."""
    return load("amazon-2018-10")


def spans_of(reading: Reading) -> list[Span]:
    """Every place that a reading tells of."""
    facts = reading.facts
    spans = [*facts.addresses, *facts.emails, *facts.phones]
    spans += [order.span for order in facts.order_ids]
    spans += [carrier.span for carrier in facts.carriers]
    spans += [day.span for day in facts.days]
    spans += [amount.span for amount in facts.amounts]
    spans += [item.span for item in facts.items]
    spans += [number.span for number in facts.tracking if number.span]
    return spans + [link.span for link in reading.mail.links if link.span]


def _check_reading(reading: Reading) -> None:
    texts = [passage.text for passage in reading.mail.passages]
    for span in spans_of(reading):
        assert 0 <= span.start < span.end <= len(texts[span.passage])
    for passage in reading.mail.passages:
        edges = [(0, 0), *((each.start, each.end) for each in passage.stretches)]
        assert all(before[1] == after[0] for before, after in pairwise(edges))
        assert edges[-1][1] == len(passage.text)
    for link in reading.mail.links:
        assert link.span is None or texts[link.span.passage][link.span.start : link.span.end] == link.shown


# --- the way in ----------------------------------------------------------------------------------


def data(data: bytes) -> None:
    """However a mail is cut into segments, the same is read, and only CRLF.CRLF ends it.

    The first octet says how the rest is cut, the second whether line feeds are mended.
    """
    cut, mend, octets = (data[:1] or b"\0")[0] % 40 + 1, bool(data[1:2] > b"\x7f"), data[2:]
    at_once = _read([octets], mend=mend)
    assert _read([octets[at : at + cut] for at in range(0, len(octets), cut)], mend=mend) == at_once
    rest, refused, content = at_once
    if rest is None:
        assert b"\r\n.\r\n" not in b"\r\n" + octets
        return
    ended = b"\r\n" + octets[: len(octets) - len(rest)]
    assert ended.endswith(b"\r\n.\r\n")
    assert ended.find(b"\r\n.\r\n") == len(ended) - 5
    if not refused:
        assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
        assert b"\0" not in content
        if not mend or b"\n" not in octets.replace(b"\r\n", b""):
            assert content == ended[2:-3].replace(b"\r\n.", b"\r\n").removeprefix(b".")


def _read(segments: list[bytes], *, mend: bool) -> tuple[bytes | None, bool, bytes]:
    """What follows the mail (None before its end), whether it is refused, and else its content."""
    reader = DataReader(most_bytes=_MAIL_BYTES, most_line_bytes=_LINE_BYTES, mend_line_feeds=mend)
    for number, segment in enumerate(segments):
        try:
            rest = reader.feed(segment)
        except Flood:
            raise AssertionError("a mail this small is no flood") from None
        if rest is not None:
            refused = reader.problem is not None  # of two problems either may be met first
            content = b"" if refused else reader.content()
            return rest + b"".join(segments[number + 1 :]), refused, content
    return None, False, b""


def path(data: bytes) -> None:
    """MAIL and RCPT are taken or refused, and no address that is taken can break a command line."""
    text = data.decode("utf-8", "replace")
    for command in (f"FROM:{text}", text):
        try:
            sender = parse_mail(command)
        except Refusal:
            continue
        _check_taken(sender.address, sender.envid)
    for command in (f"TO:{text}", text):
        try:
            recipient = parse_rcpt(command, smtputf8=True)
        except Refusal:
            continue
        _check_taken(recipient.address, recipient.orcpt)
        assert "@" in recipient.address


def _check_taken(address: str, parameter: str) -> None:
    assert address.isprintable()
    assert not set("<>\r\n\0") & set(address if not address.startswith('"') else address.rpartition("@")[2])
    assert len(address.encode()) <= 254
    assert " " not in parameter


def login(data: bytes) -> None:
    """A response to AUTH is name and password, or refused."""
    try:
        name, password = split_plain(decode(data.decode("ascii", "replace")))
    except Refusal:
        return
    assert name
    assert password


def proxy(data: bytes) -> None:
    """A PROXY header is read to its end and not an octet further, or it is none."""
    header = b""
    try:
        while wanted := octets_wanted(header):
            if wanted > len(data) - len(header):
                return
            header += data[len(header) : len(header) + wanted]
        address = source(header)
    except BadProxyHeader:
        return
    assert header.endswith(b"\r\n") or header.startswith(b"\r\n\r\n\0")
    assert address is None or address.isprintable()


def reply(data: bytes) -> None:
    """Whatever a relay or a mail said, a reply is lines of printable ASCII of at most 512 octets."""
    raw = replies.reply(550, "5.7.1", *data.decode("utf-8", "replace").split("|")).raw
    lines = raw.split(b"\r\n")
    assert lines.pop() == b""
    for line in lines:
        assert len(line) <= 510
        assert all(0x20 <= octet < 0x7F for octet in line)
    assert [line[3:4] for line in lines] == [b"-"] * (len(lines) - 1) + [b" "]


def session(data: bytes) -> None:
    """A session says whole replies only, and hands over no mail but what its own DATA held to CRLF.CRLF.

    The first octet says how the rest is cut; the start of a session stands before it.
    """
    cut, said = (data[:1] or b"\0")[0] + 1, _START + data[1:]
    found = loop.run(converse([said[at : at + cut] for at in range(0, len(said), cut)]))
    for line in found.said.split(b"\r\n")[:-1]:
        assert line[:3].isdigit()
        assert all(0x20 <= octet < 0x7F for octet in line)
    assert len(found.messages) <= (b"\r\n" + said).count(b"\r\n.\r\n")
    for taken in found.messages:
        assert taken.raw.count(b"\n") == taken.raw.count(b"\r\n") == taken.raw.count(b"\r")
        for address in (taken.envelope.mail_from, *taken.envelope.rcpt_tos):
            assert f"<{address}>".encode() in said


class Loop:
    """Runs each session in an event loop of its own; `keep` has one loop for all, for a fuzzer in a hurry."""

    def __init__(self) -> None:
        self.run: Callable[[Coroutine[Any, Any, Session]], Session] = asyncio.run

    def keep(self) -> None:
        """Use one loop from now on."""
        self.run = asyncio.Runner().run


loop = Loop()
_START = b"EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n"


# --- the way out ---------------------------------------------------------------------------------


def letter(data: bytes) -> None:
    """What goes out has one end, and a relay that undoes the dots has the very octets."""
    try:
        check_line_ends(data)
        sent = compose(message(raw=data), b"Received: x\r\n", {"8bitmime": "", "smtputf8": ""})
    except Refused:
        return
    octets = b"\r\n" + b"".join(sent.pieces())
    assert octets.find(b"\r\n.\r\n") == len(octets) - 5
    received = octets[2:-3].replace(b"\r\n.", b"\r\n")
    assert received in (b"Received: x\r\n" + data, b"Received: x\r\n" + data + b"\r\n")
    head.from_domain(data)


def report(data: bytes) -> None:
    """A report on any mail is whole lines, and its own header block is the one that we wrote."""
    words, _, raw = data.partition(b"\n")
    failure = Failure(BUYER, RelayReply(_NOWHERE.code, "5.1.1", words.decode("utf-8", "replace")))
    text = compose_bounce(message(raw=raw), (failure,), hostname="gate.example", at=AT)
    assert text.count(b"\n") == text.count(b"\r\n") == text.count(b"\r")
    assert text.partition(b"\r\n\r\n")[0].count(b"\r\n") == 8


TARGETS: dict[str, Target] = {
    target.__name__: target
    for target in (
        mime,
        charset,
        html,
        facts,
        whole,
        data,
        path,
        login,
        proxy,
        reply,
        session,
        letter,
        report,
    )
}
