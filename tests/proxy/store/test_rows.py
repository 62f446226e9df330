from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from gatepost.model import (
    Answer,
    AnswerKind,
    Credentials,
    Envelope,
    MessageId,
    Recipient,
    RelayReply,
    Session,
)
from gatepost.store.rows import (
    answer_json,
    answer_of,
    dumps,
    envelope_json,
    envelope_of,
    findings_json,
    findings_of,
    micros,
    moment,
    plain,
    session_json,
    session_of,
)
from gatepost_policies.model import Action, Finding, Mode

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
moments = st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1), max_value=datetime(2300, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone
recipients = st.builds(Recipient, any_text, any_text, any_text)
envelopes = st.builds(
    Envelope,
    any_text,
    st.lists(recipients, max_size=3).map(tuple),
    st.booleans(),
    any_text,
    any_text,
    any_text,
)
findings = st.builds(
    Finding,
    rule=any_text,
    category=any_text,
    clause=any_text,
    action=st.sampled_from(Action),
    mode=st.sampled_from(Mode),
    evidence=any_text,
    part=any_text,
    start=st.integers(0, 1 << 40),
    end=st.integers(0, 1 << 40),
    fix=any_text,
    title=any_text,
    note=any_text,
)


@given(moments)
def test_a_time_comes_back_to_the_microsecond(at: datetime) -> None:
    assert moment(micros(at)) == at


def test_times_beyond_2038_and_across_a_change_of_clocks_are_exact() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert micros(datetime(2026, 10, 25, 12, tzinfo=UTC)) - micros(before) == 24 * 3600 * 1_000_000
    assert moment(micros(datetime(2039, 1, 1, tzinfo=UTC))).year == 2039


@given(envelopes)
def test_an_envelope_comes_back_exactly(envelope: Envelope) -> None:
    text = envelope_json(envelope)
    assert envelope_of(text) == envelope
    assert text.isascii()


@given(st.lists(findings, max_size=3).map(tuple))
def test_findings_come_back_exactly(found: tuple[Finding, ...]) -> None:
    assert findings_of(findings_json(found)) == found


@given(
    st.builds(
        Answer,
        st.sampled_from(AnswerKind),
        any_text.map(MessageId),
        st.just(()),
        st.none() | st.builds(RelayReply, st.integers(200, 599), any_text, any_text),
    ),
    st.lists(findings, max_size=2).map(tuple),
)
def test_an_answer_comes_back_exactly(answer: Answer, found: tuple[Finding, ...]) -> None:
    given = Answer(answer.kind, answer.id, found, answer.relay)
    assert answer_of(answer_json(given, of=found), findings_json(found)) == given


@given(findings, findings)
def test_an_answer_with_some_of_the_findings_comes_back_with_those(one: Finding, other: Finding) -> None:
    answer = Answer(AnswerKind.REFUSED, MessageId("m1"), (other,))
    assert answer_of(answer_json(answer, of=(one, other)), findings_json((one, other))) == answer


def test_no_answer_is_none() -> None:
    assert answer_of(None, "[]") is None


def test_what_a_client_logged_in_with_is_not_written() -> None:
    session = Session("192.0.2.7", "desk", "ESMTPSA", "agent", Credentials("agent", "secret-word"))
    text = session_json(session)
    assert "secret-word" not in text
    assert session_of(text) == Session("192.0.2.7", "desk", "ESMTPSA", "agent")


@given(any_text)
def test_plain_text_is_what_every_database_takes(text: str) -> None:
    clean = plain(text)
    assert "\0" not in clean
    assert clean.encode().decode() == clean
    assert len(clean) == len(text)


@given(any_text)
def test_json_is_ascii(text: str) -> None:
    assert dumps([text]).isascii()
