"""What the client reads."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model import Answer, AnswerKind, MessageId, RelayReply
from gatepost.smtp import replies
from gatepost.smtp.replies import Reply, ascii_text, reply, reply_to
from gatepost_policies.model import Action, Mode
from kit.messages import finding

ID = MessageId("01JD9Z")
EVERY_REPLY = {name: each for name, each in vars(replies).items() if isinstance(each, Reply)}
texts = st.text(max_size=700)


def answer(kind: AnswerKind, relay: RelayReply | None = None) -> str:
    return reply_to(Answer(kind, ID, relay=relay)).text


def is_well_formed(raw: bytes) -> bool:
    """RFC 5321 §4.2: one code, `-` on all lines but the last, printable ASCII, at most 512 octets a line."""
    lines = raw.split(b"\r\n")
    codes = {line[:3] for line in lines[:-1]}
    signs = [line[3:4] for line in lines[:-1]]
    return (
        lines[-1] == b""
        and len(codes) == 1
        and set(signs[:-1]) <= {b"-"}
        and signs[-1] == b" "
        and all(len(line) <= 510 and re.fullmatch(rb"[ -~]*", line) is not None for line in lines[:-1])
    )


@pytest.mark.parametrize("name", EVERY_REPLY)
def test_every_reply_is_well_formed_and_has_its_enhanced_code(name: str) -> None:
    each = EVERY_REPLY[name]
    assert is_well_formed(each.raw)
    if each.code < 300 or each.code >= 400:
        assert re.match(rf"{each.code} {each.code // 100}\.\d\.\d+ ", each.text)


@given(texts, texts)
def test_no_words_can_break_a_reply(first: str, second: str) -> None:
    assert is_well_formed(reply(550, "5.7.1", first, second).raw)


@given(texts, st.sampled_from(["", "2.0.0", "2.6.0", "5.1.1"]), st.integers(100, 700))
def test_no_words_of_the_relay_can_break_a_reply(text: str, enhanced: str, code: int) -> None:
    for kind in (AnswerKind.RELAYED, AnswerKind.REFUSED_BY_RELAY):
        given_reply = reply_to(Answer(kind, ID, relay=RelayReply(code, enhanced, text)))
        assert is_well_formed(given_reply.raw)
        assert given_reply.text.endswith(f"({ID})")


@pytest.mark.parametrize("kind", AnswerKind)
def test_every_answer_has_a_reply_that_names_the_message(kind: AnswerKind) -> None:
    words = answer(kind)
    assert ID in words
    assert is_well_formed(words.encode() + b"\r\n")


def test_held_and_stored_are_said_in_the_words_of_the_contract() -> None:
    assert answer(AnswerKind.HELD) == f"250 2.0.0 Held for review {ID}"
    assert answer(AnswerKind.STORED) == f"250 2.0.0 Stored for delivery {ID}"


def test_a_relayed_mail_gets_the_words_of_the_relay_and_our_id() -> None:
    words = answer(AnswerKind.RELAYED, RelayReply(250, "2.6.0", "Ok: queued as 4F1"))
    assert words == f"250 2.6.0 Ok: queued as 4F1 ({ID})"


def test_a_refusal_of_the_relay_keeps_its_codes() -> None:
    words = answer(AnswerKind.REFUSED_BY_RELAY, RelayReply(552, "5.2.2", "Mailbox full"))
    assert words == f"552 5.2.2 Mailbox full ({ID})"


def test_a_refusal_without_an_enhanced_code_gets_one_of_its_class() -> None:
    assert answer(AnswerKind.REFUSED_BY_RELAY, RelayReply(450, "", "Later")).startswith("450 4.0.0 Later")
    assert answer(AnswerKind.RELAYED, RelayReply(250, "5.0.0", "Ok")).startswith("250 2.0.0 Ok")


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        (AnswerKind.DEFERRED, "451 4.4.1 "),
        (AnswerKind.UNDECIDED, "451 4.3.0 "),
        (AnswerKind.IN_DOUBT, "451 4.4.2 "),
        (AnswerKind.BUSY, "451 4.3.2 "),
        (AnswerKind.LOOP, "554 5.4.6 "),
        (AnswerKind.TOO_DEEP, "554 5.6.0 "),
    ],
)
def test_each_trouble_has_its_code(kind: AnswerKind, start: str) -> None:
    assert answer(kind).startswith(start)


def refused(*found: str, count: int = 0) -> list[str]:
    findings = [
        finding(rule, evidence=f"words of {rule}") for rule in (*found, *(f"r{i}" for i in range(count)))
    ]
    return reply_to(Answer(AnswerKind.REFUSED, ID, tuple(findings))).text.split("\r\n")


def test_a_refusal_has_a_line_a_finding_and_the_id_last() -> None:
    lines = refused("p1-external-link", "p2-opt-out-link")
    assert [line[:10] for line in lines] == ["550-5.7.1 ", "550-5.7.1 ", "550 5.7.1 "]
    assert ["words of p1-external-link" in lines[0], "Take the link out" in lines[0], ID in lines[2]] == [
        True
    ] * 3


def test_a_refusal_has_at_most_twelve_lines() -> None:
    lines = refused(count=11)
    assert (len(lines), "more" in lines[-2]) == (12, False)
    lines = refused(count=30)
    assert (len(lines), lines[-2]) == (12, "550-5.7.1 ... and 20 more")


def test_what_only_shadows_is_not_shown_and_the_strictest_comes_first() -> None:
    held = finding("held", action=Action.QUARANTINE, evidence="held words")
    shadow = replace(finding("shadow", evidence="shadow words"), mode=Mode.SHADOW)
    words = reply_to(Answer(AnswerKind.REFUSED, ID, (shadow, held, finding("hard")))).text
    assert "shadow" not in words
    assert words.index("hard") < words.index("held")


def test_a_finding_with_a_long_quote_is_cut_to_a_line() -> None:
    words = reply_to(Answer(AnswerKind.REFUSED, ID, (finding(evidence="ü" * 2000),)))
    assert is_well_formed(words.raw)


def test_words_beyond_ascii_stay_readable() -> None:
    assert ascii_text("„Größe“ – 5 € für naïve\r\nKäufer 日") == '"Grosse" - 5 EUR fur naive  Kaufer ?'


def test_the_hello_lists_its_keywords() -> None:
    assert (
        replies.hello("gate.example", ["SIZE 1", "HELP"]).raw
        == b"250-gate.example\r\n250-SIZE 1\r\n250 HELP\r\n"
    )
