"""Asking for a review: what may not go with the ask (D4c to D4h).

An ask is taken apart: on what condition, with what wish for its tone, with what benefit, with what
diversion of the unhappy, to change or remove a review, with what pressure. A plain ask is permitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.sense import Talk, narrowest, overlaps
from gatepost_policies.language.scene import Hit, Scene, Sentence
from gatepost_policies.model import Span

NO_WISH: Final = ("review_bad", "happy_praise")  # words like a wish that are none
_FRAGMENT_REST: Final = 40  # characters after a condition in a sentence that has no main clause of its own
_FRAGMENT_WORDS: Final = 9


@dataclass(frozen=True)
class Asks:
    """The asks of a mail, each with the number of its sentence."""

    talk: Talk
    asks: tuple[tuple[int, Hit], ...]
    changes: tuple[tuple[int, Hit], ...]
    diversions: tuple[tuple[int, Hit], ...]
    proofs: tuple[tuple[int, Hit], ...]

    @property
    def any(self) -> bool:
        """Whether a review is asked for, or asked to be changed, shown or held back."""
        return bool(self.asks or self.changes or self.diversions or self.proofs)

    def in_sentence(self, number: int) -> bool:
        """Whether sentence `number` holds an ask of any kind."""
        return any(
            number == n for group in (self.asks, self.changes, self.diversions, self.proofs) for n, _ in group
        )


def asks_of(scene: Scene) -> Asks:
    """Find the asks of a mail."""
    talk = Talk(scene)
    return Asks(
        talk,
        tuple(_asks(talk)),
        tuple(_changes(talk)),
        tuple(_diversions(talk)),
        tuple(talk.meant("review_proof")),
    )


def asks_review(scene: Scene) -> tuple[Span, ...]:
    """Each ask for a product review, seller feedback, rating or stars (D4b)."""
    return narrowest(hit.span for _, hit in _asks(Talk(scene)))


def _asks(talk: Talk) -> Iterator[tuple[int, Hit]]:
    for number, hit in talk.meant("review_ask"):
        sentence = talk.sentences[number]
        told = any(overlaps(hit.span, other.span) for other in sentence.of("review_thanks"))
        if told and not sentence.has("review_request_thanks"):
            continue
        if talk.answers_buyer(number) and not sentence.has("please"):
            continue
        yield number, hit


def _changes(talk: Talk) -> Iterator[tuple[int, Hit]]:
    for number, hit in talk.meant("review_change", besides=("amazon_acts",)):
        if not talk.answers_buyer(number):
            yield number, hit
    for number, hit in talk.meant("change_it"):
        before = talk.before(number)
        if before and before.has("review_bad", "review_thanks") and not talk.answers_buyer(number):
            yield number, hit


def _diversions(talk: Talk) -> Iterator[tuple[int, Hit]]:
    """Words that hold a review back, where the mail says to write to the seller in its stead."""
    for number, sentence in enumerate(talk.sentences):
        if sentence.has("rule_report"):
            continue
        for hit in sentence.of("review_divert"):
            if sentence.has("contact_us", "review_bad", "unhappy_if"):
                yield number, hit


def shared_asks(case: Case) -> Asks:
    """The asks of a case, found once for all checks."""
    return case.once("asks", lambda case: asks_of(case.scene))


def find_positive_only(case: Case, params: Params) -> Iterable[Evidence]:
    """Asks for a good review, praise or stars (D4c)."""
    asks = shared_asks(case)
    return evidence(case, [*_praise(asks), *_drawn_stars(asks)], "says which review is wanted")


def _praise(asks: Asks) -> Iterator[Span]:
    """Words of praise in sentences that ask."""
    for number, hit in asks.talk.meant("review_praise", besides=NO_WISH):
        if _asked(asks, number) and not _told(asks, number, hit):
            yield hit.span


def _drawn_stars(asks: Asks) -> Iterator[Span]:
    """Five drawn stars: beside an ask they say it without words, wherever they stand."""
    if not asks.asks:
        return
    for number, hit in asks.talk.meant("five_stars_drawn", besides=NO_WISH):
        if not _told(asks, number, hit) and not asks.talk.sentences[number].has("review_balanced"):
            yield hit.span


def _asked(asks: Asks, number: int) -> bool:
    """Whether sentence `number` asks for a review, and not for one of either kind."""
    asked = any(number == n for group in (asks.asks, asks.changes, asks.proofs) for n, _ in group)
    return asked and not asks.talk.sentences[number].has("review_balanced")


def _told(asks: Asks, number: int, hit: Hit) -> bool:
    """Whether the review is one that exists already and is only spoken of."""
    sentence = asks.talk.sentences[number]
    if sentence.has("review_request_thanks"):
        return False
    return any(overlaps(hit.span, other.span) for other in sentence.of("review_thanks"))


def find_conditional_ask(case: Case, params: Params) -> Iterable[Evidence]:
    """Asks only the satisfied for a review (D4d)."""
    asks = shared_asks(case)
    spans = [span for number, _ in asks.asks for span in _conditions(asks, number)]
    return evidence(case, spans, "asks only the satisfied")


def _conditions(asks: Asks, number: int) -> Iterator[Span]:
    """The conditions on happiness that the ask in sentence `number` depends on."""
    sentence = asks.talk.sentences[number]
    if sentence.has("review_balanced"):
        return
    for hit in sentence.of("happy_if"):
        if _is_happy(sentence, hit):
            yield hit.span
    before = asks.talk.before(number)
    if before is None or before.has("review_balanced"):
        return
    if sentence.has("otherwise") and before.has("unhappy_if", "happy_if", "happy_ask", "happy_hope"):
        yield from (hit.span for hit in sentence.of("otherwise"))
    yield from (
        hit.span for hit in before.of("happy_if") if _is_happy(before, hit) and _is_fragment(before, hit)
    )
    yield from (hit.span for hit in before.of("happy_ask") if _is_question(before, hit))


def _is_happy(sentence: Sentence, hit: Hit) -> bool:
    """Whether the condition is happiness: nothing in it is denied."""
    if any(overlaps(hit.span, other.span) for other in sentence.of("negation")):
        return False
    return not any(overlaps(hit.span, other.span) for other in sentence.of("unhappy_if"))


def _is_fragment(sentence: Sentence, hit: Hit) -> bool:
    return sentence.end - hit.span.end <= _FRAGMENT_REST and not sentence.has("contact_us")


def _is_question(sentence: Sentence, hit: Hit) -> bool:
    if sentence.question:
        return _is_happy(sentence, hit)
    lead = hit.span.start - sentence.start
    return lead <= 3 and len(sentence.words.split()) <= _FRAGMENT_WORDS and _is_happy(sentence, hit)


def find_diversion(case: Case, params: Params) -> Iterable[Evidence]:
    """Sends the unhappy elsewhere than to a review (D4g)."""
    asks = shared_asks(case)
    return evidence(case, [hit.span for _, hit in asks.diversions], "keeps the unhappy from reviewing")


def find_change_request(case: Case, params: Params) -> Iterable[Evidence]:
    """Asks to change or remove a review (D4e)."""
    return evidence(case, [hit.span for _, hit in shared_asks(case).changes], "asks to change a review")


def find_influence(case: Case, params: Params) -> Iterable[Evidence]:
    """Presses, pleads or dictates words (D4f)."""
    asks = shared_asks(case)
    spans = [
        hit.span for number, hit in asks.talk.meant("review_plea") if asks.any or asks.in_sentence(number)
    ]
    spans += [hit.span for _, hit in asks.talk.meant("review_wording", besides=("review_thanks",))]
    spans += [hit.span for _, hit in asks.talk.said("review_silence")]
    return evidence(case, spans, "tries to influence the review")


def evidence(case: Case, spans: Iterable[Span], note: str) -> Iterator[Evidence]:
    """One evidence for each place; words that the HTML part repeats are quoted once."""
    seen: set[str] = set()
    for span in narrowest(spans):
        words = case.words(span)
        key = " ".join(words.lower().split())
        if key not in seen:
            seen.add(key)
            yield case.at(span, note)
