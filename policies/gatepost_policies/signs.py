"""What the sentences of a mail tell of its order: what happened, what only may, and what stands first.

"Your order was shipped" is news, "once it is shipped" is none, and neither is a parcel that an excuse
speaks of. What a mail is for follows from these signs (see `purpose`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from gatepost_policies.language.scene import Scene, Sentence
from gatepost_policies.model import Mail, Reading, Section, Source

OPENING_SENTENCES: Final = 5  # news stands at the top: greeting, thanks, then what happened
LONGEST_OPENING: Final = 8
FEWEST_PARTICULARS: Final = 2
_REPLY_PREFIX: Final = re.compile(
    r"\s*(?:\[[^\]]{1,20}\]\s*)?(?:re|aw|antw|antwort|sv|vs|odp|ynt|yan|rif|r|res|tr|fwd?|wg|回复|返信)\.?\s*(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)
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


@dataclass(frozen=True, slots=True)
class Signs:
    """What the sentences of a mail speak of, gathered once."""

    subject: frozenset[str]
    opening: frozenset[str]  # concepts of the subject and the first sentences
    astray: bool  # they leave the order for something else, and not with a wish for the season at the end
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


def is_reply(mail: Mail) -> bool:
    """Whether the mail answers another one, by its headers or its subject."""
    return bool(mail.values("In-Reply-To") or mail.values("References") or _REPLY_PREFIX.match(mail.subject))


def signs_of(reading: Reading, scene: Scene, *, answers: bool) -> Signs:
    """What the seller's own sentences tell of the order; `answers` as for `purpose_of`."""
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
    return Signs(
        subject=_concepts(subject),
        opening=spoken,
        astray=_goes_astray(subject, _first_of_each_passage(body)),
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


def _goes_astray(subject: Sequence[Sentence], body: Sequence[Sentence]) -> bool:
    """Whether a sentence has nothing to do with the order; a wish for the season may end what serves it."""
    left = itertools.dropwhile(lambda one: not _serves(one) and not one.has("off_topic"), body)
    return any(one.has("off_topic") for one in subject) or any(
        one.has("off_topic") and (at == 0 or not one.has("season_wish")) for at, one in enumerate(left)
    )


def _serves(sentence: Sentence) -> bool:
    """Whether a sentence says something of the order beyond thanks and hopes."""
    if sentence.has("off_topic", "thanks_purchase", "happy_hope", "introduces"):
        return False
    return sentence.has(*SUBSTANCE, "handling", "transaction")


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
