"""What a mail is for (G1): from its subject, its own sentences, its place in a thread and its facts.

A permitted purpose is claimed by what the mail does, not by a word in it: a parcel that was shipped
is news in a shipment confirmation and a circumstance in an answer. A mail has the purpose OTHER only
when nothing in it belongs to an order, or when it does nothing but thank, greet or advertise.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from gatepost_policies.language.scene import Scene, Sentence
from gatepost_policies.model import Mail, Purpose, Reading, Section, Source

OPENING_SENTENCES: Final = 5  # news stands at the top: greeting, thanks, then what happened
LONGEST_OPENING: Final = 8
FEWEST_PARTICULARS: Final = 2
_REPLY_PREFIX: Final = re.compile(
    r"\s*(?:\[[^\]]{1,20}\]\s*)?(?:re|aw|antw|antwort|sv|vs|odp|ynt|yan|rif|r|res|tr|fwd?|wg|回复|返信)\.?\s*(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Signs:
    """What the sentences of a mail speak of, gathered once."""

    subject: frozenset[str]
    opening: frozenset[str]  # concepts of the subject and the first sentences
    told: frozenset[str]  # those of them that are told as having happened
    body: frozenset[str]
    all: frozenset[str]
    on_its_way: bool  # the goods are said to have been sent
    sent_as_news: bool  # and that is what the mail tells, not part of an excuse
    sent_in_subject: bool
    late: bool  # that the goods come later is told as sure, or regretted beside the new day
    asks: bool  # it asks the buyer for something else than to write if there are questions
    prompted: bool  # before it tells anything, it speaks of what the buyer wrote
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
    tracking = bool(reading.facts.tracking)
    spoken = _concepts(opening)
    told = frozenset(one for one in spoken & UNSAID.keys() if any(tells(where, one) for where in opening))
    sent = "shipped" in told
    return _Signs(
        subject=_concepts(subject),
        opening=spoken,
        told=told,
        body=_concepts(body or subject),
        all=_concepts(own),
        on_its_way=sent or (tracking and not any(one.has("will_ship") for one in opening)),
        sent_as_news=sent
        and _is_news(reading, subject, [*itertools.takewhile(_is_no_apology, opening)], own),
        sent_in_subject=sent and any(tells(sentence, "shipped", "under_way") for sentence in subject),
        late="delayed" in spoken
        and (
            any(tells(one, "delayed", "delay_maybe") for one in opening)
            or _regrets_with_day(reading, opening)
        ),
        asks=any(one.has("question_to_buyer") and not one.has("offers_help") for one in own),
        prompted=_is_prompted(opening),
        reply=answers or is_reply(mail),
        has_order=bool(reading.facts.order_ids),
        tracking=tracking,
        affairs=any(map(_speaks_of_affairs, own)),
    )


def _first_of_each_passage(body: Sequence[Sentence]) -> list[Sentence]:
    first: list[Sentence] = []
    for _, group in itertools.groupby(body, key=attrgetter("passage")):
        first.extend(_first(itertools.islice(group, LONGEST_OPENING)))
    return first


def _first(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """The first that say something: a salutation and a name are not counted."""
    left = OPENING_SENTENCES
    for sentence in sentences:
        if not left:
            return
        left -= bool(sentence.concepts)
        yield sentence


def _is_no_apology(sentence: Sentence) -> bool:
    return not sentence.has("apology")


def _is_prompted(opening: Sequence[Sentence]) -> bool:
    """Whether somebody's message is spoken of before any news is told."""
    before = itertools.takewhile(lambda one: not any(tells(one, concept) for concept in NEWLY), opening)
    return any(sentence.has("disputed") for sentence in opening) or any(
        sentence.has("reply_to_enquiry") for sentence in before
    )


def tells(sentence: Sentence, concept: str, *but: str) -> bool:
    """Whether it says that this happened: not that it may, and not in words of a concept of `but`."""
    if not sentence.has(concept) or (sentence.question and not _holds_address(sentence)):
        return False
    unsaid = [hit.span for hit in sentence.of(UNSAID[concept], *but)]
    return any(
        not any(span.start < hit.span.end and hit.span.start < span.end for span in unsaid)
        for hit in sentence.of(concept)
    )


def _holds_address(sentence: Sentence) -> bool:
    """Whether its question mark may be that of a web address."""
    return "://" in sentence.text


def _regrets_with_day(reading: Reading, opening: Sequence[Sentence]) -> bool:
    """Whether it says sorry for a delay and tells beside it when the goods will come."""
    if not any(sentence.has("delay_regretted") and sentence.has("delayed") for sentence in opening):
        return False
    return any(
        not sentence.question
        and sentence.has("expected_delivery", "will_ship")
        and (sentence.has("duration", "weekday") or _holds_day(reading, sentence))
        for sentence in opening
    )


def _holds_day(reading: Reading, sentence: Sentence) -> bool:
    return any(
        day.span.passage == sentence.passage and sentence.start <= day.span.start < sentence.end
        for day in reading.facts.days
    )


def _is_news(
    reading: Reading, subject: Sequence[Sentence], opening: Sequence[Sentence], own: Sequence[Sentence]
) -> bool:
    """Whether the mail tells that the goods were sent.

    That a parcel is on its way is what an answer says too: it is news in the subject, or beside the
    particulars that a confirmation holds.
    """
    if any(tells(sentence, "shipped", "under_way", "already_sent") for sentence in opening):
        return True
    if not any(tells(sentence, "shipped") for sentence in opening):
        return False
    return any(tells(sentence, "shipped") for sentence in subject) or (
        _particulars(reading, own) >= FEWEST_PARTICULARS
    )


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
    if signs.reply or signs.prompted:
        return None
    late = _announces_delay(signs)
    if late and not signs.all & {"cancelled", "refunded"}:
        return Purpose.DELAY
    if _is_unavailable(signs):
        return Purpose.UNAVAILABLE
    if late:
        return Purpose.DELAY
    if "returned" in signs.told and signs.all & {"refunded", "refund_due", "inspecting"}:
        return Purpose.RETURN
    sent = signs.sent_as_news and "substitute_goods" not in signs.told
    if sent and (signs.tracking or signs.sent_in_subject or not asks_review):
        return Purpose.SHIPMENT
    return None


def _is_unavailable(signs: _Signs) -> bool:
    """Whether the seller can't or won't send what was ordered; the buyer who cancelled knows of it."""
    if "cancelled" in signs.told and "buyer_cancelled" not in signs.opening:
        return True
    return "unavailable" in signs.told and not signs.opening & EXCUSES


def _announces_delay(signs: _Signs) -> bool:
    """Whether a delay is news: of what is already on its way, only a sure one with its length is."""
    if "delivery_tried" in signs.opening or signs.subject & {"aftercare", "substitute_goods"}:
        return False
    if not signs.on_its_way:
        return "delayed" in signs.told or signs.late
    return signs.late and bool(signs.all & {"duration", "may_cancel"})


def _rest(signs: _Signs, asks_review: bool, promotes: bool) -> Purpose:
    if asks_review:
        return Purpose.REVIEW_REQUEST
    if _is_idle(signs) or (
        promotes and not signs.reply and not signs.all & (SUBSTANCE | {"reply_to_enquiry"})
    ):
        return Purpose.OTHER
    if signs.reply or signs.prompted:
        return Purpose.SERVICE
    lacks = "buyers_data" in signs.opening and "unavailable" in signs.told
    if signs.subject & COMPLETES or lacks:
        return Purpose.COMPLETION
    if (
        "substitute_goods" in signs.told
        or signs.opening & CARES
        or signs.all & {"apology", "reply_to_enquiry"}
    ):
        return Purpose.SERVICE
    steps = signs.all & COMPLETES or signs.opening & {"shipped", "will_ship"}
    return Purpose.COMPLETION if steps and not signs.asks else Purpose.SERVICE


def _is_idle(signs: _Signs) -> bool:
    """Whether nothing in the mail serves an order: it greets, thanks, presents itself or advertises."""
    if signs.reply or "reply_to_enquiry" in signs.all:
        return False
    if "off_topic" in signs.opening and not signs.all & NEWS:
        return True
    if signs.all & SUBSTANCE or "delivered" in signs.subject or signs.affairs:
        return False
    if signs.all & {"thanks_purchase", "introduces"}:
        return True
    # What speaks of no order at all is left to its order ID: with one it is an answer in its own words.
    return not signs.has_order and "transaction" not in signs.body


# What an order may meet with, and the concept of words that only sound as if it had.
UNSAID: Final = {
    "cancelled": "cancelled_maybe",
    "delayed": "delay_regretted",
    "returned": "return_later",
    "shipped": "will_ship",
    "substitute_goods": "substitute_maybe",
    "unavailable": "unavailable_maybe",
}
# What is news even where the buyer's message is spoken of later on; of a delay the buyer may have asked.
NEWLY: Final = ("cancelled", "returned", "shipped", "unavailable")
# What follows on an order that went wrong or comes back.
CARES: Final = frozenset({"aftercare", "buyer_cancelled", "delivery_tried", "refunded", "returned"})
# Why a seller can't send, though the goods are there, or why the buyer knows already.
EXCUSES: Final = frozenset({"buyer_cancelled", "buyers_data", "delivery_tried"})
# The steps of an order that goes its way.
COMPLETES: Final = frozenset({"bookkeeping", "delivered", "order_confirmed"})
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
        "bookkeeping",
        "cancelled",
        "delayed",
        "delivery_tried",
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
