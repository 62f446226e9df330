"""What is done about news: only with a proof that can't be somebody else's, and once.

A signature proves who wrote a mail, not whom it was written to, nor when: a notice to another seller, or an
old one, holds as well. So the lines that tell these must be signed, and must fit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Final

from gatepost import events
from gatepost.inbound.look import Looked
from gatepost.inbound.news import Kind, News
from gatepost.inbound.ports import Books
from gatepost.model import MessageId
from gatepost.ports import About

AMAZON: Final = "Amazon"
"""Who acts, in the audit trail."""
OLDEST: Final = timedelta(days=7)
_SIGNED: Final = frozenset({"from", "to", "subject", "date"})


async def act_on(
    id: MessageId, looked: Looked, raw: bytes, *, own: Collection[str], now: datetime, books: Books
) -> str:
    """Write down what came back and do what it asks for; what was done, "" when nothing was.

    Raises StoreError; then it is done when the mail comes again.
    """
    news = looked.news
    if news is None:
        return ""
    about = await books.come_back.about(news.orders, news.ids)
    if len(news.buyers) == 1:
        about = replace(about, buyer=news.buyers[0])
    proof, why_not = _proof(looked, news, about, own=own, now=now)
    noted = await books.come_back.note(
        _name_of(looked, raw),
        kind=news.kind.value,
        proof=proof,
        about=about,
        status=news.status,
        words=news.words,
    )
    if not noted:
        return ""
    done = await _act(news, about, books) if proof else f"nothing: {why_not}"
    await books.come_back.done(noted, done if proof else "")
    events.inbound_told(id, news.kind.value, done)
    return done if proof else ""


def _name_of(looked: Looked, raw: bytes) -> str:
    """By what the same notice is known again: its Message-ID where that is signed, else what it says."""
    if looked.ids and "message-id" in looked.proof.covers:
        return looked.ids[0]
    return sha256(raw.partition(b"\r\n\r\n")[2]).hexdigest()


def _proof(
    looked: Looked, news: News, about: About, *, own: Collection[str], now: datetime
) -> tuple[str, str]:
    """What proves that it is Amazon's word to this seller now, or "" and why nothing does."""
    if news.kind is Kind.BOUNCE:  # no server signs for Amazon, but who returns our own line has seen our mail
        return ("our own Received line", "") if news.ids and about.message else ("", "no mail of ours in it")
    proof = looked.proof
    if not proof.authentic:
        return "", "no signature of Amazon's holds"
    if not proof.covers >= _SIGNED:
        return "", "the signature does not cover whom it is for, or when"
    if not any(is_for(address, own) for address in looked.addressed):
        return "", "it is not addressed to inbound.recipients or inbound.own_addresses"
    if not _is_fresh(looked.dated, now):
        return "", "it is old"
    return proof.by, ""


def is_for(address: str, own: Collection[str]) -> bool:
    """Whether an address is one of `own`: addresses, or @ and a domain; all in lower case."""
    return address in own or f"@{address.rpartition('@')[2]}" in own


def _is_fresh(dated: str, now: datetime) -> bool:
    try:
        at = parsedate_to_datetime(dated)
    except (ValueError, TypeError, OverflowError):
        return False
    if at.tzinfo is None:  # "-0000": UTC, from somewhere unknown (RFC 5322 §3.3)
        at = at.replace(tzinfo=now.tzinfo)
    return abs(now - at) <= OLDEST


async def _act(news: News, about: About, books: Books) -> str:
    match news.kind:
        case Kind.RESTRICTED:
            tripped = await books.breaker.trip(by=AMAZON, reason=news.words)
            return "tripped the breaker" if tripped else "the breaker was tripped already"
        case Kind.OPT_OUT if about.buyer:
            await books.stops.stop(
                "buyer", about.buyer, by=AMAZON, reason="opted out of unsolicited messages"
            )
            return "put the buyer on the stop list"
        case Kind.OPT_OUT if about.order:
            await books.stops.stop(
                "order", about.order, by=AMAZON, reason="opted out of unsolicited messages"
            )
            return "put the order on the stop list"
        case Kind.OPT_OUT | Kind.BLOCKED | Kind.BOUNCE:
            return "noted"
