"""Whether words are meant: negation, reports of rules, answers to the buyer, harmless uses of a word.

A concept that occurs counts only when the seller says it of this mail's buyer: "we can't offer
discounts for reviews" offers nothing, and neither does a sentence that tells what Amazon forbids.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from gatepost_policies.facts.sections import is_reply_subject
from gatepost_policies.language.scene import Hit, Scene, Sentence
from gatepost_policies.model import Span

NEGATION_REACH: Final = 110  # characters; beyond it a negation has spent itself
REPORT_REACH: Final = 160  # characters that "you asked whether" reaches over
DENIAL_REACH: Final = 24  # characters between a thing and "is not needed"
# Where the verb, and with it the negation, may come last.
VERB_LAST: Final = frozenset({"de", "nl", "tr", "ja"})
_HARD_BREAK: Final = re.compile(r"[;:–—(¿¡\n]|\s-\s|、")
# A title in quotation marks, at most a few words after what it is the title of.
_QUOTE: Final = re.compile("[\"“„«‘']")
_QUOTED: Final = re.compile(r"[^\"“„«‘']{0,12}[\"“„«‘'][^\"”“»’\n]{1,80}[\"”“»’']")
BRIEF: Final = 6  # sentences of one passage, greetings and names not counted
SHORT_WORDS: Final = 12  # characters; a shorter sentence is a greeting or a name
DISOWN_REACH: Final = 2  # sentences from a newsletter to the words that it is somebody else's
_ANSWER_REACH: Final = 2  # sentences after "you asked how …" that still answer it
_GIVEN: Final = frozenset({"gift", "voucher", "discount"})
# What is heard from a review to what is given for it: "for a review we never give points".
_STRETCHED: Final = frozenset({"benefit"})
# What is said of a review that is to be changed, which a buyer may wish as well.
CHANGING: Final = frozenset({"review_change", "change_it", "review_yours", "review_past"})
# What a buyer writes of a review of his, and the seller's answer denies or tells nothing of.
REVIEWING: Final = CHANGING | _GIVEN | {"review_praise", "top_marks", "praise_word", "praise_hint", "benefit"}
# Things of one kind: who denies one of them answers a question for any.
_KINDS: Final = (frozenset({"gift", "voucher", "discount"}),)


@dataclass(frozen=True)
class Talk:
    """The own sentences of a mail, with the questions the review and promotion checks ask of them."""

    scene: Scene

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences the seller answers for, in reading order."""
        return self.scene.own()

    @cached_property
    def is_brief(self) -> bool:
        """Whether the mail says so little that what it hints at is what it was written for."""
        lengths = Counter(one.passage for one in self.sentences if len(one.words) >= SHORT_WORDS)
        return max(lengths.values(), default=0) <= BRIEF

    def said(self, *concepts: str) -> Iterator[tuple[int, Hit]]:
        """Hits with the numbers of their sentences, but for reports of a rule and the buyer's own subject."""
        for concept in concepts:
            for number, hit in self.scene.spoken(concept):
                if self._is_said(number, concept) and not is_reported(self.sentences[number], hit):
                    yield number, hit

    def _is_said(self, number: int, concept: str) -> bool:
        return not self.sentences[number].has("rule_report") and not self.repeats_buyer(number, concept)

    def meant(self, *concepts: str, besides: Iterable[str] = ()) -> Iterator[tuple[int, Hit]]:
        """Those of them that are meant as said; none that `besides` covers."""
        harmless = tuple(besides)
        for number, hit in self.said(*concepts):
            if _is_meant(self.sentences[number], hit, harmless):
                yield number, hit

    def together(
        self,
        lead: str,
        *others: tuple[str, ...],
        unless: Iterable[str] = (),
        besides: Iterable[str] = (),
        reach: int = 0,
        denied: bool = False,
        anywhere: bool = False,
    ) -> Iterator[tuple[int, Hit]]:
        """Hits of `lead` that are meant, with one concept of each of `others` in the sentence or near it.

        What is said round the word no phrase lists: "your lines" and "could go" each say nothing of a
        review that is to be removed, and together they do. A sentence that speaks of `unless` doesn't
        count, nor one that answers the buyer. The hit reaches over what it met in its own sentence.
        With `denied` a lead counts as well that is denied: "don't let a fault become a review".
        Only a brief mail is read so, or any with `anywhere`: in a long one such words meet by chance.
        """
        if not (anywhere or self.is_brief):
            return
        harmless = tuple(besides)
        leave = () if anywhere else ("review_free",)
        for number in self._met(lead, others, ("other_stars", *unless), leave, reach):
            here = self.sentences[number]
            if self.answers_buyer(number) or not self._is_said(number, lead):
                continue
            for hit in here.of(lead):
                if _is_meant(here, hit, harmless, denied=denied) and not is_reported(here, hit):
                    yield number, _joined(here, hit, others)

    def _met(
        self,
        lead: str,
        others: tuple[tuple[str, ...], ...],
        barred: tuple[str, ...],
        leave: tuple[str, ...],
        reach: int,
    ) -> Iterator[int]:
        """The sentences of `lead` where the others are met and neither they nor those beside bar it."""
        numbers = set(self.scene.speakers(lead))
        for group in others:
            spoken = {number for concept in group for number in self.scene.speakers(concept)}
            numbers &= {number + step for number in spoken for step in range(-reach, reach + 1)}
        for number in sorted(numbers):
            here, beside = self.sentences[number], self.near(number)
            around = self.near(number, reach) if reach else (here,)
            free = here.has(*barred) or any(one.has(*leave) for one in beside)
            if not free and all(any(one.has(*group) for one in around) for group in others):
                yield number

    def _is_denied(self, concept: str) -> bool:
        """Whether some sentence denies the concept or one of its kind."""
        if concept not in self._denials:
            kind = frozenset({concept}).union(*(kind for kind in _KINDS if concept in kind))
            self._denials[concept] = any(
                sentence.has("rule_report") or is_negated(sentence, hit)
                for sentence in self.sentences
                for hit in sentence.of(*kind)
            )
        return self._denials[concept]

    @cached_property
    def _denials(self) -> dict[str, bool]:
        """What was found out about denials, concept by concept."""
        return {}

    def repeats_buyer(self, number: int, concept: str) -> bool:
        """Whether sentence `number` is the subject of an answer, and its body denies or answers it.

        "Re: a discount for a review?" is what the buyer wrote; the mail that says no has to carry it, and
        so has one that tells how he may change his own review, since he asked.
        """
        if not is_reply_subject(self.sentences[number].text):
            return False
        if concept in CHANGING and any(one.has("buyer_asked") for one in self.sentences):
            return True
        return self._is_denied(concept) or (concept in REVIEWING and self._declines)

    @cached_property
    def _declines(self) -> bool:
        """Whether the body says no to something near a word of reviews or of what is given for them.

        Beside an ask nothing is declined: "don't wait, write it", "it is no trouble: write it".
        """
        for number, one in enumerate(self.sentences):
            if is_reply_subject(one.text) or not any(_real_negations(one)):
                continue
            around = [other for other in self.near(number) if not is_reply_subject(other.text)]
            named = any(other.has("review_noun", *_GIVEN) for other in around)
            if named and not any(other.has("review_ask") for other in around):
                return True
        return False

    def is_anothers(self, number: int) -> bool:
        """Whether what sentence `number` names is said, in it or soon after, to come from somebody else.

        A subject is answered by the whole body; what is named after those words is the seller's own again.
        """
        disowning = self.scene.speakers("not_ours")
        if any(number <= other <= number + DISOWN_REACH for other in disowning):
            return True
        return bool(disowning) and self.sentences[number].passage < self.sentences[disowning[-1]].passage

    def answers_buyer(self, number: int) -> bool:
        """Whether sentence `number` answers a question the buyer asked, or tells what was done as asked."""
        first = max(0, number - _ANSWER_REACH)
        here = self.sentences[number]
        return here.has("as_asked") or any(
            sentence.has("buyer_asked") and sentence.passage == here.passage
            for sentence in self.sentences[first : number + 1]
        )

    def before(self, number: int) -> Sentence | None:
        """The sentence before, in the same passage."""
        previous = self.sentences[number - 1] if number else None
        return previous if previous and previous.passage == self.sentences[number].passage else None

    def near(self, number: int, distance: int = 1) -> tuple[Sentence, ...]:
        """The sentence and its neighbours in the same passage."""
        passage = self.sentences[number].passage
        around = self.sentences[max(0, number - distance) : number + distance + 1]
        return tuple(sentence for sentence in around if sentence.passage == passage)


def _is_meant(sentence: Sentence, hit: Hit, harmless: tuple[str, ...], *, denied: bool = False) -> bool:
    """Whether nothing covers `hit`, makes it a title or, unless it may be `denied`, denies it."""
    if any(overlaps(hit.span, other.span) for other in sentence.of(*harmless)):
        return False
    return (denied or not is_negated(sentence, hit)) and not in_title(sentence, hit)


def is_reported(sentence: Sentence, hit: Hit) -> bool:
    """Whether the sentence says before `hit` that the buyer asked or mentioned it, in the same breath."""
    for asked in sentence.of("buyer_asked"):
        if 0 <= hit.span.start - asked.span.end <= REPORT_REACH:
            between = sentence.text[asked.span.end - sentence.start : hit.span.start - sentence.start]
            if _HARD_BREAK.search(between) is None:
                return True
    return False


def is_negated(sentence: Sentence, hit: Hit) -> bool:
    """Whether a negation of the same clause governs `hit`."""
    if any(_governs(sentence, negation, hit) for negation in _real_negations(sentence)):
        return True
    return any(0 <= denied.span.start - hit.span.end <= DENIAL_REACH for denied in sentence.of("denied"))


def _real_negations(sentence: Sentence) -> Iterator[Hit]:
    """The negations that deny something, so not "don't hesitate"."""
    false = sentence.of("false_negation")
    for negation in sentence.of("negation"):
        if not any(overlaps(negation.span, other.span) for other in false):
            yield negation


def _governs(sentence: Sentence, negation: Hit, hit: Hit) -> bool:
    """Whether `negation` denies `hit`: it stands before it, or after it where verbs come last."""
    verb_last = sentence.language in VERB_LAST
    if overlaps(negation.span, hit.span):
        within = hit.span.start < negation.span.start
        # Where verbs come last, the last word of the hit may carry it ("hediye vermeyiz"); elsewhere
        # a negation in the middle takes back what is given ("offer you nothing in return").
        last = hit.span.end <= negation.span.end
        if hit.concept in _STRETCHED and not last:
            end = Span(hit.span.passage, hit.span.end, hit.span.end)
            return within and not breaks_between(sentence, negation.span, end)
        return within and (verb_last if last else hit.concept in _GIVEN)
    before = negation.span.end <= hit.span.start
    if not before and not verb_last:
        return False
    left, right = (negation.span, hit.span) if before else (hit.span, negation.span)
    return right.start - left.end <= NEGATION_REACH and not breaks_between(sentence, left, right)


def breaks_between(sentence: Sentence, left: Span, right: Span) -> bool:
    """Whether a new clause begins between two places of a sentence."""
    if _HARD_BREAK.search(sentence.text, left.end - sentence.start, right.start - sentence.start):
        return True
    for hit in sentence.of("clause", "clause_always"):
        if left.end <= hit.span.start and hit.span.end <= right.end and hit.span.start <= right.start:
            lead = sentence.text[: hit.span.start - sentence.start].rstrip()
            if hit.concept == "clause_always" or lead.endswith((",", "，", ".", "!", "?")):
                return True
    return False


def in_title(sentence: Sentence, hit: Hit) -> bool:
    """Whether `hit` lies in the quoted title of a book, a film or a print that was ordered."""
    if not _QUOTE.search(sentence.text):
        return False
    for titled in sentence.of("titled"):
        start = titled.span.end - sentence.start
        mark = _QUOTE.search(sentence.text, titled.span.start - sentence.start, start)
        start = mark.start() if mark else start  # the words before a title may reach into it
        opened = _QUOTED.match(sentence.text, start)
        if (
            opened
            and sentence.start + start <= hit.span.start
            and hit.span.end <= sentence.start + opened.end()
        ):
            return True
    return False


def _joined(sentence: Sentence, hit: Hit, others: Iterable[tuple[str, ...]]) -> Hit:
    """The hit, stretched over the nearest place of each of `others` in its sentence."""
    first, last = hit.span.start, hit.span.end
    for group in others:
        places = sentence.of(*group)
        if places:
            nearest = min(places, key=lambda place: abs(place.span.start - hit.span.start))
            first, last = min(first, nearest.span.start), max(last, nearest.span.end)
    return Hit(hit.concept, Span(hit.span.passage, first, last), hit.language)


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one.passage == other.passage and one.start < other.end and other.start < one.end


def inside(inner: Span, outer: Span) -> bool:
    """Whether `inner` lies within `outer`."""
    return inner.passage == outer.passage and outer.start <= inner.start and inner.end <= outer.end


def narrowest(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in reading order, the shorter of any two that overlap."""
    kept: list[Span] = []  # in reading order: of those that don't overlap only two can touch another
    for span in sorted(spans, key=lambda span: (span.end - span.start, span.passage, span.start)):
        at = bisect(kept, _place(span), key=_place)
        if not any(overlaps(span, other) for other in kept[max(0, at - 1) : at + 1]):
            kept.insert(at, span)
    return tuple(kept)


def _place(span: Span) -> tuple[int, int]:
    return span.passage, span.start
