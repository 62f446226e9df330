"""The Judge port: reads and judges mail to buyers, inline up to `heavy_bytes` of text, else in a child."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr

from gatepost.errors import JudgeError, StoreError
from gatepost.model import Judgement, Message
from gatepost.worker.beside import NOTHING, Beside, Sources, named_in
from gatepost.worker.child import NO_SOURCES, Child, Task
from gatepost.worker.rulebooks import Rulebooks
from gatepost_policies.facts import buyers, read, text_bytes, unseen, with_words
from gatepost_policies.judging import judge
from gatepost_policies.model import Action, Mail, Reading, Source, Verdict
from gatepost_policies.rulebook import Rulebook

TOO_DEEP = frozenset({"too-deep", "too-many-parts"})
"""Defects of a mail that was not read to its end."""

LONGEST_WORDS = 6_000
"""Characters of what a held mail says that are searched."""
HUGE_BYTES = 1 << 20
"""From this size on even to part a mail into its files takes too long for the loop."""
_BODIES = frozenset({Source.PLAIN, Source.HTML})

LONGEST_FROM = 2_000
"""Characters of a From header that are looked at for the lists."""


class Judging:
    """Judges by the rulebooks in force; `rulebooks` may be replaced at any time (reload)."""

    def __init__(
        self, rulebooks: Rulebooks, child: Child, *, heavy_bytes: int, sources: Sources = NO_SOURCES
    ) -> None:
        self.rulebooks = rulebooks
        self._child, self._heavy_bytes, self._sources = child, heavy_bytes, sources

    async def judge(self, message: Message) -> Judgement:
        """Judge one message. Mail without a buyer is not even read. Raises JudgeError over budget."""
        to = buyers(message.envelope.rcpt_tos)
        if not to:
            return Judgement(buyers=(), verdict=None)
        account, recipients = message.session.account, message.envelope.rcpt_tos
        if self._is_heavy(message.raw):
            return await self._child.judge(
                message.raw, account=account, recipients=recipients, to=to, sources=self._sources
            )
        try:
            reading = read(message.raw)
            orders = [order.id for order in reading.facts.order_ids]
            beside = await self._sources.of(orders, unseen(reading.mail), to, named_in(reading.mail))
            if beside.characters > self._heavy_bytes:  # a small file may say much
                return await self._child.judge_beside(
                    Task(message.raw, account, tuple(recipients), to, beside)
                )
            rulebook = self.rulebooks.select(account, to)
            return judgement_of(reading, rulebook, recipients=recipients, to=to, beside=beside)
        except (StoreError, JudgeError):  # not the mail's fault, or told already
            raise
        except Exception as error:  # the reader never raises; if it does, the mail is held, not passed
            raise JudgeError(f"the mail could not be read: {type(error).__name__}") from error

    def _is_heavy(self, raw: bytes) -> bool:
        """Whether judging it here would hold up all others: by its text, files cost little."""
        if len(raw) <= self._heavy_bytes:
            return False
        return len(raw) > HUGE_BYTES or text_bytes(raw) > self._heavy_bytes


def judge_inline(
    rulebooks: Rulebooks, raw: bytes, *, account: str, recipients: Sequence[str], to: tuple[str, ...]
) -> Judgement:
    """Read and judge `raw` here and now, by its own words only."""
    rulebook = rulebooks.select(account, to)
    return judgement_of(read(raw), rulebook, recipients=recipients, to=to, beside=NOTHING)


def judgement_of(
    reading: Reading, rulebook: Rulebook, *, recipients: Sequence[str], to: tuple[str, ...], beside: Beside
) -> Judgement:
    """Judge what was read, and what is known besides."""
    reading = with_words(reading, beside.words) if beside.words else reading
    verdict: Verdict = judge(reading, rulebook, recipients=recipients, known=beside.known)
    return Judgement(
        buyers=to,
        verdict=verdict,
        subject=reading.mail.subject,
        sender=sender_of(reading.mail),
        words=words_of(reading.mail) if verdict.asks_review or verdict.action is Action.QUARANTINE else "",
        is_too_deep=not TOO_DEEP.isdisjoint(reading.mail.defects),
    )


def words_of(mail: Mail) -> str:
    """What the mail says, for the search among held mail; cut where it is long."""
    bodies = (passage.text[:LONGEST_WORDS].split() for passage in mail.passages if passage.source in _BODIES)
    once = dict.fromkeys(" ".join(words) for words in bodies)  # HTML often says what the text says
    return " ".join(once)[:LONGEST_WORDS]


def sender_of(mail: Mail) -> str:
    """The address of the From header, for lists; never used to decide."""
    values = mail.values("From")
    return parseaddr(values[0][:LONGEST_FROM])[1] if values else ""
