"""What a mail is for (G1): from its subject, its own sentences, its place in a thread and its facts.

A permitted purpose is claimed by what the mail does, not by a word in it: a parcel that was shipped
is news in a shipment confirmation and a circumstance in an answer. A mail has the purpose OTHER only
when nothing in it belongs to an order, or when it does nothing but thank, greet or advertise.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from gatepost_policies.language.scene import Scene, Sentence
from gatepost_policies.model import Mail, Purpose, Reading, Section, Source

OPENING_SENTENCES: Final = 5  # news stands at the top: greeting, thanks, then what happened
FEWEST_PARTICULARS: Final = 2
_REPLY_PREFIX: Final = re.compile(
    r"\s*(?:\[[^\]]{1,20}\]\s*)?(?:re|aw|antw|antwort|sv|vs|odp|ynt|yan|rif|r|res|tr|fwd?|wg|回复|返信)\.?\s*(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Signs:
    """What the sentences of a mail speak of, gathered once."""

    opening: frozenset[str]  # concepts of the subject and the first sentences
    body: frozenset[str]
    all: frozenset[str]
    on_its_way: bool  # the goods are said to have been sent
    sent_as_news: bool  # and that is what the mail tells, not part of an excuse
    asserted_return: bool
    reply: bool
    has_order: bool
    tracking: bool
    affairs: bool  # it speaks of more than the goods: an invoice, a return, a spare part


def purpose_of(
    reading: Reading, scene: Scene, *, asks_review: bool, promotes: bool = False, answers: bool = False
) -> Purpose:
    """The purpose of the mail.

    `asks_review` tells whether it asks for a review anywhere, `promotes` whether it advertises: a mail
    that advertises and does nothing for an order has no permitted purpose. `answers` is known from
    elsewhere: it answers a mail of the buyer's, whatever its own headers say.
    """
    signs = _signs(reading, scene, answers=answers)
    return _news(signs, asks_review) or _rest(signs, asks_review, promotes)


def is_reply(mail: Mail) -> bool:
    """Whether the mail answers another one, by its headers or its subject."""
    return bool(mail.values("In-Reply-To") or mail.values("References") or _REPLY_PREFIX.match(mail.subject))


def _signs(reading: Reading, scene: Scene, *, answers: bool) -> _Signs:
    mail = reading.mail
    own = [sentence for sentence in scene.sentences if sentence.section is Section.AUTHOR]
    subjects = {at for at, passage in enumerate(mail.passages) if passage.source is Source.SUBJECT}
    subject = [sentence for sentence in own if sentence.passage in subjects]
    body = [sentence for sentence in own if sentence.passage not in subjects]
    opening = [*subject, *_first_of_each_passage(body)]
    return _Signs(
        opening=_concepts(opening),
        body=_concepts(body or subject),
        all=_concepts(own),
        on_its_way=any(map(_asserts_shipping, opening)),
        sent_as_news=_is_news(reading, subject, [*itertools.takewhile(_is_no_apology, opening)], own),
        asserted_return=any(sentence.has("returned") and not sentence.question for sentence in opening),
        reply=answers or is_reply(mail),
        has_order=bool(reading.facts.order_ids),
        tracking=bool(reading.facts.tracking),
        affairs=any(map(_speaks_of_affairs, own)),
    )


def _first_of_each_passage(body: Sequence[Sentence]) -> list[Sentence]:
    first: list[Sentence] = []
    for _, group in itertools.groupby(body, key=attrgetter("passage")):
        first.extend(itertools.islice(group, OPENING_SENTENCES))
    return first


def _is_no_apology(sentence: Sentence) -> bool:
    return not sentence.has("apology")


def _asserts_shipping(sentence: Sentence, *but: str) -> bool:
    """Whether it says that the goods were sent, not that they will be, or in words of a concept of `but`."""
    if not sentence.has("shipped"):
        return False
    later = [hit.span for concept in but or ("will_ship",) for hit in sentence.of(concept)]
    return any(
        not any(span.start < hit.span.end and hit.span.start < span.end for span in later)
        for hit in sentence.of("shipped")
    )


def _is_news(
    reading: Reading, subject: Sequence[Sentence], opening: Sequence[Sentence], own: Sequence[Sentence]
) -> bool:
    """Whether the mail tells that the goods were sent.

    That a parcel is on its way is what an answer says too: it is news in the subject, or beside the
    particulars that a confirmation holds.
    """
    if any(_asserts_shipping(sentence, "will_ship", "under_way") for sentence in opening):
        return True
    if not any(map(_asserts_shipping, opening)):
        return False
    return any(map(_asserts_shipping, subject)) or _particulars(reading, own) >= FEWEST_PARTICULARS


def _particulars(reading: Reading, own: Sequence[Sentence]) -> int:
    """How many of the things that a shipment confirmation holds (D1a-D1f) the mail gives."""
    facts = reading.facts
    tracking = facts.tracking or any(sentence.has("tracking_label") for sentence in own)
    return sum(map(bool, (tracking, facts.carriers, facts.days, facts.items, facts.addresses)))


def _speaks_of_affairs(sentence: Sentence) -> bool:
    if not sentence.has("transaction"):
        return False
    named = [hit.span for hit in sentence.of("goods_named")]
    spoken = [hit.span.start for hit in sentence.of("transaction")]
    return any(not any(span.start <= start < span.end for span in named) for start in spoken)


def _concepts(sentences: Sequence[Sentence]) -> frozenset[str]:
    return frozenset().union(*(sentence.concepts for sentence in sentences))


def _news(signs: _Signs, asks_review: bool) -> Purpose | None:
    """The purpose of a mail that brings news of the order, unless it rather answers the buyer."""
    if signs.reply or "reply_to_enquiry" in signs.opening:
        return None
    if _announces_delay(signs) and not signs.all & {"cancelled", "refunded"}:
        return Purpose.DELAY
    if signs.opening & {"unavailable", "cancelled"}:
        return Purpose.UNAVAILABLE
    if _announces_delay(signs) and "delayed" in signs.opening:
        return Purpose.DELAY
    if signs.asserted_return and signs.all & {"refunded", "refund_due"}:
        return Purpose.RETURN
    if signs.sent_as_news and "substitute_goods" not in signs.opening and (signs.tracking or not asks_review):
        return Purpose.SHIPMENT
    return None


def _announces_delay(signs: _Signs) -> bool:
    """Whether a delay is news: of what is already on its way, a delay is news only with its length."""
    if "delayed" not in signs.all:
        return False
    return not signs.on_its_way or bool(signs.all & {"duration", "may_cancel"})


def _rest(signs: _Signs, asks_review: bool, promotes: bool) -> Purpose:
    if asks_review:
        return Purpose.REVIEW_REQUEST
    if _is_idle(signs) or (
        promotes and not signs.reply and not signs.all & (SUBSTANCE | {"reply_to_enquiry"})
    ):
        return Purpose.OTHER
    if signs.reply or signs.all & {"reply_to_enquiry", "apology", "question_to_buyer"}:
        return Purpose.SERVICE
    return Purpose.COMPLETION if signs.all & {"order_confirmed", "shipped", "will_ship"} else Purpose.SERVICE


def _is_idle(signs: _Signs) -> bool:
    """Whether nothing in the mail serves an order: it greets, thanks, presents itself or advertises."""
    if signs.reply or "reply_to_enquiry" in signs.all:
        return False
    if "off_topic" in signs.opening and not signs.all & NEWS:
        return True
    if signs.all & SUBSTANCE or signs.affairs:
        return False
    if signs.all & {"thanks_purchase", "introduces"}:
        return True
    # What speaks of no order at all is left to its order ID: with one it is an answer in its own words.
    return not signs.has_order and "transaction" not in signs.body


# What happened to an order: a mail that tells it is not beside the point, whatever else it mentions.
NEWS: Final = frozenset(
    {
        "apology",
        "cancelled",
        "delayed",
        "order_confirmed",
        "refunded",
        "returned",
        "shipped",
        "tracking_label",
        "unavailable",
    }
)
# Concepts by which a mail does something for an order, rather than thank for it.
SUBSTANCE: Final = frozenset(
    {
        "apology",
        "buyer_address_label",
        "cancelled",
        "delayed",
        "expected_delivery",
        "order_confirmed",
        "question_to_buyer",
        "refunded",
        "returned",
        "shipped",
        "tracking_label",
        "unavailable",
        "using_goods",
        "will_ship",
    }
)
