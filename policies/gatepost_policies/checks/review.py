"""Asking for a review: what may not go with the ask (D4c to D4h).

An ask is taken apart: on what condition, with what wish for its tone, with what benefit, with what
diversion of the unhappy, to change or remove a review, with what pressure. A plain ask is permitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from gatepost_policies.checks.asks import (
    ERRANDS,
    FREE,
    NO_WISH,
    Asks,
    asks_of,
    asks_review,
    names_review,
    runs_errand,
)
from gatepost_policies.checks.case import Case, Evidence, Params, evidence
from gatepost_policies.checks.incentive import rewards_of
from gatepost_policies.checks.sense import overlaps
from gatepost_policies.language.scene import Hit, Sentence
from gatepost_policies.model import Span

__all__ = [
    "asks_review",
    "evidence",
    "find_change_request",
    "find_conditional_ask",
    "find_diversion",
    "find_influence",
    "find_positive_only",
]

_FRAGMENT_REST: Final = 40  # characters after a condition in a sentence that has no main clause of its own
_FRAGMENT_WORDS: Final = 9
_COMMALESS: Final = frozenset({"sv", "tr"})  # where no comma parts a condition from what follows it
_STILL_ASKED: Final = ("request", "please", "review_request_thanks")  # "thanks in advance for the five stars"
_FORK_REACH: Final = 5  # sentences between "YES:" and the ask


def find_positive_only(case: Case, params: Params) -> Iterable[Evidence]:
    """Asks for a good review, praise or stars (D4c)."""
    asks = asks_of(case)
    drawn = (span for span in _drawn_stars(asks) if _stands_by_words(case, span))
    spans = [*(hit.span for _, hit in asks.praise), *drawn]
    thanked = _thanked(case) if spans else ()
    spans = [span for span in spans if not any(overlaps(span, other) for other in thanked)]
    return evidence(case, spans, "says which review is wanted")


def _drawn_stars(asks: Asks) -> Iterator[Span]:
    """Five drawn stars: beside an ask they say it without words."""
    if not asks.asks:
        return
    for number, hit in asks.talk.meant("five_stars_drawn", besides=NO_WISH):
        if not asks.told(number, hit) and not asks.talk.sentences[number].has("review_balanced"):
            yield hit.span


def _stands_by_words(case: Case, stars: Span) -> bool:
    """Whether words share the line with drawn stars; alone in theirs they are an ornament, or a scale."""
    text = case.mail.passages[stars.passage].text
    first, last = text.rfind("\n", 0, stars.start) + 1, text.find("\n", stars.end)
    return any(char.isalpha() for char in text[first : len(text) if last < 0 else last])


def find_conditional_ask(case: Case, params: Params) -> Iterable[Evidence]:
    """Asks only the satisfied for a review (D4d)."""
    return evidence(case, _gates(case), "asks only the satisfied")


def _gates(case: Case) -> tuple[Span, ...]:
    """The conditions on happiness of a case, found once for all checks."""
    return case.once("gates", _found_gates)


def _found_gates(case: Case) -> tuple[Span, ...]:
    asks = asks_of(case)
    asking = asks.asking
    changed = {number for number, _ in asks.changes}  # who has reviewed is not asked on terms
    talking = (n for n in asks.talk.scene.speakers("review_talk") if names_review(asks.talk.sentences[n]))
    spoken = asking.union(talking) - changed
    spoken = spoken.union(
        number for number in asks.talk.scene.speakers("hear_from") if _leads_on(asks, number)
    )
    gates = (span for number in spoken for span in _conditions(asks, number, is_ask=number in asking))
    return (*gates, *_thanked(case))


def _thanked(case: Case) -> tuple[Span, ...]:
    """The praise that a case thanks for and asks to be told elsewhere, found once for all checks."""
    return case.once("thanked praise", _found_thanked)


def _found_thanked(case: Case) -> tuple[Span, ...]:
    asks = asks_of(case)
    passed_on = asks.asking.union(asks.talk.scene.speakers("share_on"))
    return tuple(span for number in passed_on for span in _thanked_praise(asks, number))


def _thanked_praise(asks: Asks, number: int) -> Iterator[Span]:
    """The praise that is thanked for before sentence `number` asks for it elsewhere: no one else is asked."""
    before = asks.talk.before(number)
    if before and before.has("thanks_for", "review_thanks") and not before.has(*_STILL_ASKED):
        yield from (hit.span for hit in before.of("review_praise", "top_marks"))


def _leads_on(asks: Asks, number: int) -> bool:
    """Whether reviews are spoken of right after a sentence that longs to hear from the buyer."""
    sentences = asks.talk.sentences[number + 1 : number + 2]
    return any(one.has("review_talk", "review_ask", "review_noun") for one in sentences)


def _conditions(asks: Asks, number: int, *, is_ask: bool) -> Iterator[Span]:
    """The conditions on happiness that the ask, or the talk of one, in sentence `number` depends on."""
    sentence = asks.talk.sentences[number]
    if sentence.has("rule_report") or any(map(_is_balanced, asks.talk.near(number))):
        return
    yield from (hit.span for hit in sentence.of("happy_if") if _is_happy(sentence, hit))
    yield from _faultless(sentence, "no_fault_if")
    if is_ask:
        yield from (hit.span for hit in sentence.of("glad_told") if _is_happy(sentence, hit))
        yield from _forked(asks, number)
    before = asks.talk.before(number)
    if before is None or _is_balanced(before):
        return
    if sentence.has("otherwise") and before.has("unhappy_if", "happy_if", "happy_ask", "happy_hope"):
        yield from (hit.span for hit in sentence.of("otherwise"))
    yield from (
        hit.span for hit in before.of("happy_if") if _is_happy(before, hit) and _is_fragment(before, hit.span)
    )
    yield from (span for span in _faultless(before, "no_fault_if") if _is_fragment(before, span))
    yield from (hit.span for hit in before.of("happy_ask") if _is_question(before, hit))
    if before.question:
        yield from _faultless(before, "no_fault_ask")
    if is_ask and before.passage == sentence.passage:
        yield from (hit.span for hit in before.of("glad_told") if _is_happy(before, hit))


def _is_balanced(sentence: Sentence) -> bool:
    """Whether good and bad are asked for alike: not where what is bad is to be told to the seller."""
    return sentence.has("review_balanced") and not (sentence.has("unhappy_if") and sentence.has("contact_us"))


def _forked(asks: Asks, number: int) -> Iterator[Span]:
    """The question about happiness whose "YES:", some sentences before the ask in `number`, leads to it."""
    for answer in range(number - 1, max(0, number - _FORK_REACH), -1):
        sentence, asked = asks.talk.sentences[answer], asks.talk.before(answer)
        if asked is None:
            return
        if any(hit.span.start == sentence.start for hit in sentence.of("says_yes")):
            yield from (hit.span for hit in asked.of("happy_ask") if _is_question(asked, hit))


def _is_happy(sentence: Sentence, hit: Hit) -> bool:
    """Whether the condition is happiness: nothing in it is denied, and it is not the buyer's free will."""
    others = sentence.of("negation", "unhappy_if", "at_will", "our_aim")
    return not any(overlaps(hit.span, other.span) for other in others)


def _faultless(sentence: Sentence, concept: str) -> Iterator[Span]:
    """What asks for no fault, so for a happy buyer: "if you have no complaints", not "if it's no problem"."""
    willing = sentence.of("at_will")
    for hit in sentence.of(concept):
        if not any(overlaps(hit.span, other.span) for other in willing):
            yield hit.span


def _is_fragment(sentence: Sentence, span: Span) -> bool:
    rest = sentence.text[span.end - sentence.start :]
    if ("," in rest or sentence.language in _COMMALESS) and any(
        other.span.start >= span.end for other in sentence.of(*ERRANDS)
    ):
        return False  # "if the lamp is green, the battery is full"
    return sentence.end - span.end <= _FRAGMENT_REST and not sentence.has("contact_us")


def _is_question(sentence: Sentence, hit: Hit) -> bool:
    # "How do you like it?" may be answered either way, and "good day" answers nothing.
    if any(overlaps(hit.span, other.span) for other in sentence.of("open_ask", "good_wishes")):
        return False
    if sentence.question:
        return _is_happy(sentence, hit)
    lead = hit.span.start - sentence.start
    return lead <= 3 and len(sentence.words.split()) <= _FRAGMENT_WORDS and _is_happy(sentence, hit)


def find_diversion(case: Case, params: Params) -> Iterable[Evidence]:
    """Sends the unhappy elsewhere than to a review (D4g)."""
    return evidence(
        case, [hit.span for _, hit in asks_of(case).diversions], "keeps the unhappy from reviewing"
    )


def find_change_request(case: Case, params: Params) -> Iterable[Evidence]:
    """Asks to change or remove a review (D4e)."""
    return evidence(case, [hit.span for _, hit in asks_of(case).changes], "asks to change a review")


def find_influence(case: Case, params: Params) -> Iterable[Evidence]:
    """Presses, pleads or dictates words (D4f)."""
    asks = asks_of(case)
    spans = [
        hit.span
        for number, hit in asks.talk.meant("review_plea")
        if asks.any or asks.talk.sentences[number].has("review_talk")
    ]
    # A hint, and what is not to be said, are told where nothing plainer is.
    if not (asks.praise or asks.changes or asks.diversions or rewards_of(case) or _gates(case)):
        pleas = asks.talk.together("plea_hint", ("review_talk",), unless=FREE, reach=1, denied=True)
        spans += [hit.span for number, hit in pleas if not runs_errand(asks.talk.sentences[number])]
    spans += [hit.span for _, hit in asks.talk.meant("review_wording", besides=("review_thanks",))]
    if not rewards_of(case):
        spans += [hit.span for _, hit in asks.talk.said("review_silence")]
    return evidence(case, spans, "tries to influence the review")
