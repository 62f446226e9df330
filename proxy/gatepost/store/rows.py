"""Values to columns and back: times as microseconds, the rest that is no plain word as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from gatepost.model import (
    Answer,
    AnswerKind,
    Claim,
    ClaimState,
    Entry,
    Envelope,
    Message,
    MessageId,
    MessageState,
    OrderId,
    Recipient,
    RelayReply,
    Session,
)
from gatepost.report import finding_as_json
from gatepost.store.engine import Row, Value
from gatepost_policies.model import Action, Finding, Mode

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (at - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The time of so many microseconds, aware, UTC."""
    return _EPOCH + timedelta(microseconds=value)


def _maybe_moment(value: int | None) -> datetime | None:
    return None if value is None else moment(value)


def plain(text: str) -> str:
    """`text` as every database takes it: without NUL and without halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")


def dumps(value: object) -> str:
    """JSON in ASCII: any string of Python's comes back as it was, lone surrogates and NUL too."""
    return json.dumps(value, separators=(",", ":"))


# --- parts of a row ------------------------------------------------------------------------------


def findings_json(findings: Iterable[Finding]) -> str:
    """Findings as JSON, in their order."""
    found = [_finding_item(finding) for finding in findings]
    return dumps(found) if found else "[]"


def _finding_item(finding: Finding) -> dict[str, object]:
    return {**finding_as_json(finding), "title": finding.title, "note": finding.note}


def findings_of(text: str) -> tuple[Finding, ...]:
    """The findings of a row."""
    return tuple(_finding_of(item) for item in json.loads(text)) if text != "[]" else ()


def _finding_of(item: Mapping[str, Any]) -> Finding:
    return Finding(**{**item, "action": Action[item["action"].upper()], "mode": Mode(item["mode"])})


def answer_json(answer: Answer, *, of: Sequence[Finding] = ()) -> str:
    """An answer as JSON; those of its findings that are among the message's own are only counted off."""
    relay = answer.relay
    return dumps(
        {
            "kind": answer.kind.value,
            "id": answer.id,
            "relay": [relay.code, relay.enhanced, relay.text] if relay else None,
            "findings": [
                of.index(finding) if finding in of else _finding_item(finding) for finding in answer.findings
            ],
        }
    )


def answer_of(text: str | None, findings: str) -> Answer | None:
    """The answer of a row, with the findings of the same row."""
    if text is None:
        return None
    item = json.loads(text)
    own = findings_of(findings) if item["findings"] else ()
    return Answer(
        kind=AnswerKind(item["kind"]),
        id=MessageId(item["id"]),
        findings=tuple(
            own[each] if isinstance(each, int) else _finding_of(each) for each in item["findings"]
        ),
        relay=RelayReply(*item["relay"]) if item["relay"] else None,
    )


def session_json(session: Session) -> str:
    """A session as JSON, without what the client logged in with."""
    told = [session.peer, session.helo, session.protocol, session.account]
    return dumps([*told, True] if session.inbound else told)


INBOUND = "%,true]"
"""What the JSON of an inbound session is LIKE: no account ends so, a string ends in its quote."""


def session_of(text: str) -> Session:
    """The session of a row."""
    peer, helo, protocol, account, *inbound = json.loads(text)
    return Session(peer=peer, helo=helo, protocol=protocol, account=account, inbound=bool(inbound))


def envelope_json(envelope: Envelope) -> str:
    """An envelope as JSON."""
    return dumps(
        {
            "mail_from": envelope.mail_from,
            "recipients": [[to.address, to.notify, to.orcpt] for to in envelope.recipients],
            "smtputf8": envelope.smtputf8,
            "body": envelope.body,
            "ret": envelope.ret,
            "envid": envelope.envid,
        }
    )


def envelope_of(text: str) -> Envelope:
    """The envelope of a row."""
    item = json.loads(text)
    recipients = tuple(Recipient(*recipient) for recipient in item.pop("recipients"))
    return Envelope(recipients=recipients, **item)


# --- whole rows ----------------------------------------------------------------------------------


def entry_params(entry: Entry) -> dict[str, Value]:
    """The columns that an entry brings."""
    return {
        "id": entry.id,
        "received_at": micros(entry.received_at),
        "state": entry.state.value,
        "fingerprint": entry.fingerprint,
        "session": session_json(entry.session),
        "envelope": envelope_json(entry.envelope),
        "sender": plain(entry.sender),
        "subject": plain(entry.subject),
        "subject_folded": plain(entry.subject).casefold(),
        "size_bytes": entry.size_bytes,
        "buyers": dumps(entry.buyers) if entry.buyers else "[]",
        "action": entry.action,
        "edition": entry.edition,
        "digest": entry.digest,
        "purpose": entry.purpose,
        "language": entry.language,
        "order_ids": dumps(entry.order_ids) if entry.order_ids else "[]",
        "asks_review": int(entry.asks_review),
        "findings": findings_json(entry.findings),
        "deadline_at": None if entry.deadline_at is None else micros(entry.deadline_at),
        "answer": None if entry.answer is None else answer_json(entry.answer, of=entry.findings),
        "attempts": entry.attempts,
        "next_attempt_at": None if entry.next_attempt_at is None else micros(entry.next_attempt_at),
        "last_error": plain(entry.last_error),
    }


def entry_of(row: Row) -> Entry:
    """The entry of a row of `messages`."""
    return Entry(
        id=MessageId(row["id"]),
        received_at=moment(row["received_at"]),
        state=MessageState(row["state"]),
        session=session_of(row["session"]),
        envelope=envelope_of(row["envelope"]),
        subject=row["subject"],
        sender=row["sender"],
        size_bytes=row["size_bytes"],
        fingerprint=row["fingerprint"],
        buyers=tuple(json.loads(row["buyers"])),
        action=row["action"],
        edition=row["edition"],
        digest=row["digest"],
        purpose=row["purpose"],
        language=row["language"],
        order_ids=tuple(OrderId(order) for order in json.loads(row["order_ids"])),
        asks_review=bool(row["asks_review"]),
        findings=findings_of(row["findings"]),
        deadline_at=_maybe_moment(row["deadline_at"]),
        answer=answer_of(row["answer"], row["findings"]),
        attempts=row["attempts"],
        next_attempt_at=_maybe_moment(row["next_attempt_at"]),
        going_since=_maybe_moment(row["going_since"]),
        last_error=row["last_error"],
        has_raw=bool(row["has_raw"]),
    )


def message_of(row: Row, raw: bytes) -> Message:
    """The message of a row of `messages` and its bytes."""
    return Message(
        id=MessageId(row["id"]),
        received_at=moment(row["received_at"]),
        session=session_of(row["session"]),
        envelope=envelope_of(row["envelope"]),
        raw=raw,
    )


def claim_of(row: Row) -> Claim:
    """The claim of a row of `claims`."""
    return Claim(
        order=OrderId(row["order_id"]),
        state=ClaimState(row["state"]),
        message=None if row["message_id"] is None else MessageId(row["message_id"]),
        at=moment(row["at"]),
    )


def in_list(prefix: str, values: Sequence[str]) -> tuple[str, Mapping[str, Value]]:
    """`:p0, :p1, …` and its parameters, for IN (…)."""
    params: dict[str, Any] = {f"{prefix}{number}": value for number, value in enumerate(values)}
    return ", ".join(f":{name}" for name in params), params
