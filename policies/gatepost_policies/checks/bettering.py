"""Whether what a sentence changes is the review: sellers better their goods, their service and themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gatepost_policies.checks.sense import VERB_LAST, overlaps
from gatepost_policies.language.scene import Hit, Sentence
from gatepost_policies.model import Span

_RIGHT_BEHIND: Final = 20  # characters: an article or two
_PAUSE: Final = re.compile(r"[,;:–—，、：]|\s-\s")


def own_changes(sentence: Sentence) -> Iterator[Hit]:
    """Where the seller betters what is his own ("improve our service"): the review is not changed there."""
    reviews = sentence.of("review_noun")
    for own in sentence.of("betters_us"):
        if not any(_goes_on(sentence, own.span, review.span) for review in reviews):
            yield own


def _goes_on(sentence: Sentence, left: Span, right: Span) -> bool:
    """Whether `right` stands in `left`, or right behind it: "help us to improve your rating"."""
    if overlaps(left, right):
        return True
    if sentence.language in VERB_LAST or not 0 <= right.start - left.end <= _RIGHT_BEHIND:
        return False
    return not _PAUSE.search(sentence.text, left.end - sentence.start, right.start - sentence.start)


def stops_short(sentence: Sentence, hit: Hit) -> bool:
    """Whether a pause parts what changes from the review behind it: "to get better, your rating counts"."""
    reviews = [review.span.start for review in sentence.of("review_noun") if overlaps(review.span, hit.span)]
    if not reviews or hit.span.start == min(reviews):
        return False
    pauses = [*_PAUSE.finditer(sentence.text, hit.span.start - sentence.start, min(reviews) - sentence.start)]
    if not pauses:
        return False
    last = pauses[-1].end() + sentence.start
    return not any(last <= other.span.start < min(reviews) for other in sentence.of("review_other"))
