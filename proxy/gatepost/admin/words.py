"""The words that pages use for states, actions and outcomes."""

from __future__ import annotations

from collections.abc import Mapping

from gatepost.model import AnswerKind, ClaimState, Entry, MessageState
from gatepost.release import Released, ReleaseOutcome

STATES: Mapping[str, str] = {
    MessageState.HELD.value: "held",
    MessageState.RELAYED.value: "sent",
    MessageState.REFUSED.value: "refused",
    MessageState.SPOOLED.value: "waiting to go out",
    MessageState.IN_DOUBT.value: "in doubt",
    MessageState.REJECTED.value: "rejected",
    MessageState.BOUNCED.value: "bounced",
    MessageState.EXPIRED.value: "expired",
    MessageState.ABANDONED.value: "not taken",
    MessageState.ATTEMPTING.value: "being sent",
    MessageState.SENDING.value: "being sent now",
}
"""Each state as people say it."""

STORIES: Mapping[MessageState, str] = {
    MessageState.HELD: "Held for a reviewer. The sender was told so.",
    MessageState.RELAYED: "The relay has it.",
    MessageState.REFUSED: "Refused: the sender was told what to change.",
    MessageState.SPOOLED: "Accepted, and waiting for the relay.",
    MessageState.IN_DOUBT: "The relay's answer was lost: it may have gone out.",
    MessageState.REJECTED: "A reviewer rejected it.",
    MessageState.BOUNCED: "It could not be delivered; the sender has a report.",
    MessageState.EXPIRED: "It was held so long that it expired.",
    MessageState.ABANDONED: "Not taken: the sender was asked to come again.",
    MessageState.ATTEMPTING: "It is being given to the relay.",
    MessageState.SENDING: "It is being given to the relay.",
}

VERBS: Mapping[str, str] = {
    "relay": "recorded",
    "repair": "repaired",
    "quarantine": "held for review",
    "reject": "refused",
}
"""What each action does to a mail."""

DEEDS: Mapping[str, str] = {
    "message.taken": "released it",
    "message.rejected": "rejected it",
    "message.resolved": "settled the doubt",
    "finding.called-wrong": "called a finding wrong",
    "finding.called-right": "took back that a finding was wrong",
}
"""What the audit trail's words for deeds on a mail mean."""

OUTCOMES: Mapping[str, str] = {
    "relay": "It would go out.",
    "repair": "It would go out, repaired.",
    "quarantine": "It would be held for a reviewer.",
    "reject": "It would be refused.",
}

CLAIMS: Mapping[ClaimState, str] = {
    ClaimState.RESERVED: "A mail that asks for a review is on its way.",
    ClaimState.CONFIRMED: "A review was asked for; another request is refused.",
    ClaimState.IN_DOUBT: "A review may have been asked for; that counts as asked.",
    ClaimState.RELEASED: "The request was not sent: it is free again.",
    ClaimState.GRANTED: "Another request was allowed.",
}


_SAY = "Read it, and say on its page which orders it asks a review for, or that it asks for none."


def story(entry: Entry) -> str:
    """What became of a message, in a sentence or two."""
    if entry.state is MessageState.RELAYED and not entry.buyers:
        return "No buyer is among its recipients: it passed untouched."
    said = STORIES[entry.state]
    if entry.state is MessageState.REJECTED and entry.last_error:
        return f"{said} The note: {entry.last_error}"
    return said


def outcome(result: ReleaseOutcome, state: MessageState | None) -> tuple[str, str]:
    """What a note says after a release that left the mail in `state`: its kind, and the sentence."""
    match result.released:
        case Released.SENT:
            return _sent(result, state)
        case Released.REJECTED:
            return ("wait", f"Rejected, but {result.why}.") if result.why else ("good", "Rejected.")
        case Released.NOT_HELD:
            return "wait", "Someone else was first: this mail is not held any more."
        case Released.SPENT:
            since = f" on {result.claim.at:%Y-%m-%d}" if result.claim else ""
            order = f" {result.claim.order}" if result.claim else ""
            return "bad", f"Still held: the order{order} was already asked for a review{since} (D4b)."
        case Released.FOUND:
            rules = ", ".join(dict.fromkeys(finding.rule for finding in result.findings if finding.acts))
            return "bad", f"Still held: it was judged only now, and {rules} was found. Look at it again."
        case Released.UNJUDGED:
            return "bad", f"Still held: it could not be judged ({result.why}). {_SAY}"
        case Released.FAILED:
            return "bad", f"Still held: the store failed ({result.why})."


def _sent(result: ReleaseOutcome, state: MessageState | None) -> tuple[str, str]:
    answer = result.answer
    if answer is None:
        return "good", "Released."
    if state is MessageState.IN_DOUBT:  # a resubmission is told that it is stored, a reviewer all of it
        return "bad", "Released, but the relay's answer was lost: it is in doubt."
    said = f" It said: “{answer.relay.code} {answer.relay.text}”." if answer.relay else ""
    match answer.kind:
        case AnswerKind.RELAYED:
            return "good", f"Released: the relay has it.{said}"
        case AnswerKind.REFUSED | AnswerKind.REFUSED_BY_RELAY:
            return "bad", f"Released, but the relay refused it.{said}"
        case AnswerKind.IN_DOUBT:
            return "bad", "Released, but the relay's answer was lost: it is in doubt."
        case AnswerKind.STORED | AnswerKind.DEFERRED | AnswerKind.BUSY | AnswerKind.UNDECIDED:
            return "wait", f"Released; the relay can't take it now, so it goes out later.{said}"
        case AnswerKind.HELD | AnswerKind.LOOP | AnswerKind.TOO_DEEP:
            return "bad", f"It was not sent: {answer.kind.value}."
