"""What the queue is searched for: the words of a held mail, folded. They go when its bytes go."""

from __future__ import annotations

from gatepost.model import Entry, MessageState
from gatepost.store.engine import Tx
from gatepost.store.rows import plain
from gatepost_policies.facts import marketplace_of

LONGEST = 6_000
"""Characters of one mail that are searched."""

_WRITE = """
INSERT INTO held_words (message_id, account, marketplace, words)
VALUES (:id, :account, :marketplace, :words)
ON CONFLICT (message_id) DO UPDATE SET account = :account, marketplace = :marketplace, words = :words
"""


def words_of(entry: Entry) -> str:
    """What a held mail is found by: subject, addresses, orders, what it says."""
    addresses = (entry.sender, entry.envelope.mail_from, *entry.envelope.rcpt_tos[:20])
    parts = (entry.subject, *addresses, *entry.order_ids[:20], entry.words)
    return " ".join(plain(" ".join(parts)).casefold().split())[:LONGEST]


def write(tx: Tx, entry: Entry) -> None:
    """Keep the words of a held mail."""
    if entry.state is not MessageState.HELD:
        return
    marketplace = next((found for buyer in entry.buyers if (found := marketplace_of(buyer))), "")
    tx.change(
        _WRITE,
        {
            "id": entry.id,
            "account": plain(entry.session.account),
            "marketplace": marketplace,
            "words": words_of(entry),
        },
    )


def drop(tx: Tx, id: str) -> None:
    """Delete the words of a mail."""
    tx.change("DELETE FROM held_words WHERE message_id = :id", {"id": id})
