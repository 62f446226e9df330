"""Where a mail asks for a review: in words that ask, in praise that is wished for, or by naming one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from gatepost_policies.checks.bettering import own_changes, stops_short
from gatepost_policies.checks.case import Case
from gatepost_policies.checks.sense import Talk, inside, narrowest, overlaps
from gatepost_policies.language.scene import Hit, Scene, Sentence
from gatepost_policies.model import Span

NO_WISH: Final = ("review_bad", "happy_praise")  # words like praise that wish for none
# Sentences that thank for a review or tell a rule: what else they say of reviews presses nobody.
FREE: Final = ("review_thanks", "review_balanced", "amazon_acts", "rule_report")

GIFTS: Final = ("gift", "voucher", "discount")
PRICE_REACH: Final = 3  # characters between a thing of value and "for your review"
TO_US: Final = ("to_us", "contact_us")
_UNPRESSED: Final = ("amazon_acts", "rule_report")
# Sentences of instructions and papers: what they hint at beside an ask is none of its terms.
ERRANDS: Final = ("handling", "bookkeeping")

_THANKS_LAST: Final = frozenset({"tr", "ja"})  # "for the five stars thanks"

PROOF_REACH: Final = 3  # sentences from an ask to a proof that does not name the review
CHANGE_REACH: Final = 2  # sentences from a review to a wish that calls it "it"

Places = tuple[tuple[int, Hit], ...]  # hits, each with the number of its sentence


@dataclass(frozen=True)
class Asks:
    """The asks of a mail by what is asked: to review, to change a review, to hold it back, to show it."""

    talk: Talk

    @cached_property
    def praise(self) -> Places:
        """Wishes for praise or stars."""
        plain = self._plain_praise
        hinted = _apart(self._praise_hinted(), plain, self._plain_changes, self._plain_diversions)
        wished = (*plain, *hinted)
        if not wished or any(self._asks()):  # beside an ask, thanks for praise are thanks in advance
            return wished
        return tuple(place for place in wished if not self._is_thanked(*place))

    @cached_property
    def asks(self) -> Places:
        """Asks for a product review, seller feedback, rating or stars."""
        return (*self._asks(), *self.praise)

    @cached_property
    def asking(self) -> frozenset[int]:
        """The sentences that ask for a review."""
        return frozenset(number for number, _ in self.asks)

    @cached_property
    def changes(self) -> Places:
        """Asks to change or remove a review."""
        plain = self._plain_changes
        hinted = _apart(self._wished_away(), plain, self._plain_diversions)
        # Beside a plain ask in another sentence "your review" is the one that is asked for.
        new = {number for number, _ in self._asks()}.difference(number for number, _ in hinted)
        return (*plain, *(place for place in hinted if not new or place[1].concept == "review_past"))

    @cached_property
    def diversions(self) -> Places:
        """Words that hold a review back, where the mail says to write to the seller in its stead."""
        plain = self._plain_diversions
        hinted = _apart(self._rather_to_us(), plain, self._plain_changes)
        return (*plain, *(place for place in hinted if not self._is_paid(place[0])))

    @cached_property
    def gifts(self) -> Places:
        """Things of value that are meant as said."""
        meant = (*self.talk.meant(*GIFTS, besides=("gift_harmless", "review_thanks")), *self._claimed())
        return tuple(dict.fromkeys(meant))

    @cached_property
    def proofs(self) -> Places:
        """Asks to show the review to the seller; a bare screenshot is one only soon after an ask."""
        asked = self.asking
        shown = (
            place
            for place in self.talk.meant("proof")
            if asked.intersection(range(place[0] - PROOF_REACH, place[0] + 1))
        )
        return (*self.talk.meant("review_proof"), *shown)

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The sentences that hold an ask of any kind."""
        return frozenset(
            n for group in (self.asks, self.changes, self.diversions, self.proofs) for n, _ in group
        )

    @property
    def any(self) -> bool:
        """Whether a review is asked for, or asked to be changed, shown or held back."""
        return bool(self.numbers)

    def told(self, number: int, hit: Hit) -> bool:
        """Whether the review is one that exists already and is only spoken of."""
        sentence = self.talk.sentences[number]
        if sentence.has("review_request_thanks"):
            return False
        return any(overlaps(hit.span, other.span) for other in sentence.of("review_thanks", "amazon_acts"))

    @cached_property
    def _plain_praise(self) -> Places:
        return tuple(self._praise())

    @cached_property
    def _plain_changes(self) -> Places:
        return tuple(self._changes())

    @cached_property
    def _plain_diversions(self) -> Places:
        return tuple(
            (number, hit)
            for number, hit in self.talk.said("review_divert")
            if any(one.has("contact_us", "review_bad", "unhappy_if") for one in self.talk.near(number))
            and not any(overlaps(hit.span, change.span) for _, change in self._plain_changes)
            and not self._is_paid(number)
        )

    def _claimed(self) -> Iterator[tuple[int, Hit]]:
        """Gifts that are no excuse where a review is given for them: "claim your gift" is not "your gift".

        Right beside "for your review" anything of value is the price of it: "the discount for your review".
        """
        for number, hit in self.talk.meant(*GIFTS, "benefit", "money", besides=("review_thanks",)):
            here = self.talk.sentences[number]
            if here.has("in_return") and names_review(here):
                excuses = (other.span for other in here.of("gift_harmless") if overlaps(other.span, hit.span))
                claimed = all(inside(span, hit.span) and span != hit.span for span in excuses)
                if (claimed and hit.concept in GIFTS) or _is_price(here, hit):
                    yield number, hit

    def _is_paid(self, number: int) -> bool:
        """Whether something of value is given in a sentence that speaks of reviews, and not of trouble."""
        here = self.talk.sentences[number]
        if not here.has("review_noun", "review_talk") or here.has("unhappy_if", "review_bad"):
            return False
        return any(number == paid for paid, _ in self.gifts)

    def _is_thanked(self, number: int, hit: Hit) -> bool:
        """Whether the sentence thanks for the praise, and not in advance."""
        here = self.talk.sentences[number]
        if here.has("review_request_thanks", "request", "please"):
            return False
        after = here.language in _THANKS_LAST
        return any((thanks.span.start > hit.span.start) is after for thanks in here.of("thanks_for"))

    def _asks(self) -> Iterator[tuple[int, Hit]]:
        for number, hit in self.talk.meant("review_ask", "review_item", besides=("judge_whether",)):
            sentence = self.talk.sentences[number]
            if hit.concept == "review_item" and not sentence.has("request"):
                continue  # a review that is merely named
            if self.talk.answers_buyer(number) and not sentence.has("please"):
                continue
            if not self.told(number, hit):
                yield number, hit

    def _praise(self) -> Iterator[tuple[int, Hit]]:
        for number, hit in self.talk.meant("review_praise", besides=NO_WISH):
            either = self.talk.sentences[number].has("review_balanced")
            if not either and not self.told(number, hit) and not self.talk.answers_buyer(number):
                yield number, hit

    def _praise_hinted(self) -> Iterator[tuple[int, Hit]]:
        """Wishes for praise that no set phrase holds."""
        barred = (*FREE, "happy_if", "unhappy_if", "review_bad", "review_change", "review_divert")
        yield from self.talk.together("praise_hint", ("review_talk",), unless=barred, denied=True)
        for number, hit in self.talk.together(
            "praise_word", ("review_talk",), unless=barred, besides=("praise_harmless",)
        ):
            if self.talk.sentences[number].has("review_ask", "review_item", "request", "please", "addressed"):
                yield number, hit

    def _rather_to_us(self) -> Iterator[tuple[int, Hit]]:
        """What went wrong is to be told to the seller, first or only, and not where reviews stand."""
        for number, hit in self.talk.together("bad_news", ("review_talk",), unless=FREE, denied=True):
            if any(one.has(*TO_US) and one.has("rather") for one in self.talk.near(number)):
                yield number, hit
        yield from self.talk.together(
            "divert_hint", ("review_talk", "tell_all"), unless=FREE, reach=1, denied=True
        )
        for number, hit in self.talk.together("rather", TO_US, ("review_talk",), unless=FREE, denied=True):
            before = self.talk.before(number)
            if before and before.question and before.has("bad_news"):
                yield number, hit
        for number, hit in self.talk.together("tell_all", TO_US, unless=FREE, reach=1):
            around = self.talk.near(number)
            happy = any(_is_glad(one) or (one.question and one.has("happy_ask")) for one in around)
            unhappy = any(one.has("unhappy_if") or (one.question and one.has("bad_news")) for one in around)
            if happy and unhappy and not any(one.has("review_balanced") for one in around):
                yield number, hit

    def _changes(self) -> Iterator[tuple[int, Hit]]:
        for number, hit in self.talk.meant("review_change", "change_it", besides=("amazon_acts",)):
            here = self.talk.sentences[number]
            begs = here.question and here.has("request")  # who answers how it is done does not beg for it
            if (self.talk.answers_buyer(number) and not begs) or self._is_left_free(number):
                continue
            if stops_short(here, hit) or any(overlaps(hit.span, own.span) for own in own_changes(here)):
                continue
            if hit.concept == "review_change" or self._follows_review(number):
                yield number, hit

    def _wished_away(self) -> Iterator[tuple[int, Hit]]:
        """A review that exists and a hint that it should not, or a wish that has nothing else to ask."""
        barred = (*_UNPRESSED, *TO_US, "asks_service")
        done = ("service_done",), ("request", "please")
        hinted = chain(
            self.talk.together("review_yours", ("review_other",), unless=_UNPRESSED),
            self.talk.together("review_yours", *done, unless=barred),
        )
        for number, hit in hinted:
            if not any(own_changes(self.talk.sentences[number])):
                yield number, hit
        for number, hit in self.talk.together("review_past", unless=(*barred, "review_balanced")):
            here = self.talk.sentences[number]
            if here.question or here.has("please", "request"):
                yield number, hit

    def _is_left_free(self, number: int) -> bool:
        """Whether nothing is asked for here, and it is said beside that the buyer is free."""
        here = self.talk.sentences[number]
        if here.question or here.has("request", "please", *GIFTS):
            return False
        return any(one.has("review_free") for one in self.talk.near(number))

    def _follows_review(self, number: int) -> bool:
        """Whether "it" may be a review: one was spoken of just before, or not far from here and this begs."""
        here, before = self.talk.sentences[number], self.talk.before(number)
        if before and before.has("review_bad", "review_thanks"):
            return True
        if before and before.has("review_ask") and runs_errand(here):
            return False  # "we'd like your review. Can you change the address?"
        if before and before.has("review_yours") and names_review(before):
            return True
        if not (here.question or here.has("request", "please")):
            return False
        around = self.talk.near(number, CHANGE_REACH)
        return any(one.has("review_bad", "review_thanks") for one in around if one.start <= here.start)


def _apart(hinted: Iterable[tuple[int, Hit]], *plain: Places) -> Places:
    """What is hinted at in sentences that say nothing plainly: one passage is told as one thing."""
    told = {number for places in plain for number, _ in places}
    return tuple(place for place in hinted if place[0] not in told)


def asks_of(case: Case) -> Asks:
    """The asks of a case, found once for all checks."""
    return case.once("asks", lambda case: Asks(Talk(case.scene)))


def asks_review(scene: Scene) -> tuple[Span, ...]:
    """Each ask for a product review, seller feedback, rating or stars (D4b)."""
    return narrowest(hit.span for _, hit in Asks(Talk(scene)).asks)


def _is_price(sentence: Sentence, hit: Hit) -> bool:
    """Whether `hit` stands right beside the words that say what it is given for."""
    return any(
        0 <= max(hit.span.start, other.span.start) - min(hit.span.end, other.span.end) <= PRICE_REACH
        for other in sentence.of("in_return")
    )


def _is_glad(sentence: Sentence) -> bool:
    """Whether the sentence speaks of a happy buyer, and not in words that deny it: "if it isn't well"."""
    denied = sentence.of("negation", "at_will")
    return any(not any(overlaps(hit.span, no.span) for no in denied) for hit in sentence.of("happy_if"))


def runs_errand(sentence: Sentence) -> bool:
    """Whether the sentence tells of instructions or papers, and of no review."""
    return sentence.has(*ERRANDS) and not sentence.has("review_noun", "review_talk", "review_ask")


def names_review(sentence: Sentence) -> bool:
    """Whether the sentence speaks of reviews."""
    return sentence.has("review_noun", "review_talk")
