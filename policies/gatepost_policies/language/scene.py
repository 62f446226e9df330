"""What a mail speaks of: its sentences, their language, and the concepts in them. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from gatepost_policies.language.fold import Folded
from gatepost_policies.language.hearing import Heard, hear
from gatepost_policies.language.identify import Votes, ask_model, likeliest, unclaimed, winner
from gatepost_policies.language.lexicon import Phrases, Place, known_languages, lexicon
from gatepost_policies.model import Mail, Passage, Section, Source, Span, Stretch

READ: Final = frozenset(Source) - {Source.HEADER}
MAX_SENTENCES: Final = (
    4_000  # of all passages; a mail with more is judged on these, and the reader notes its size
)
_LIKELY: Final = 0.3  # votes that let a few words be read in a language without naming it the mail's
INSPECTION: Final = "inspection"  # a review that looks into a case: nothing there speaks of the product's
_SAID_OF_REVIEWS: Final = frozenset({"benefit", "hear_from", "share_on", "tell_all"})
_SWITCH: Final = 1.5  # votes by which a sentence must prefer another language than its passage


@dataclass(frozen=True, slots=True)
class Hit:
    """One concept at one place."""

    concept: str
    span: Span  # in the passage's original text
    language: str


class Sentence(NamedTuple):
    """One sentence of one passage; a tuple, for a mail has hundreds and they are made on every reading."""

    passage: int
    start: int
    end: int
    section: Section
    language: str
    question: bool
    base: int  # where the paragraph begins that `folded` and `offset` belong to
    folded: Folded
    offset: int  # of the sentence in `folded.text`
    words: str  # its own folded text
    text: str  # its own original text
    paragraph: int  # of the passage, from 0
    concepts: frozenset[str]

    @property
    def hits(self) -> tuple[Hit, ...]:
        """All concepts at their places, in reading order."""
        return self.of(*self.concepts)

    def has(self, *concepts: str) -> bool:
        """Whether any of the concepts is spoken of."""
        return not self.concepts.isdisjoint(concepts)

    def of(self, *concepts: str) -> tuple[Hit, ...]:
        """The hits of these concepts, in reading order."""
        asked = self.concepts.intersection(concepts)
        if not asked:
            return ()
        places = [place for concept in asked for place in _places(self.language, concept, self.words)]
        if len(asked) > 1:
            places.sort(key=lambda place: (place[1], place[2], place[0]))
        return tuple([self._hit(place, self.language) for place in places])

    def find(self, phrases: Phrases) -> Iterator[Hit]:
        """The hits of other phrases than the lexicon's, such as a rule of the user's own."""
        for place in phrases.find(self.words):
            yield self._hit(place, phrases.language)

    def _hit(self, place: Place, language: str) -> Hit:
        concept, first, last = place
        start, end = self.folded.span(self.offset + first, self.offset + last)
        return Hit(concept, Span(self.passage, self.base + start, self.base + end), language)


@dataclass(frozen=True)  # no slots: what is asked of all sentences is worked out once
class Scene:
    """All sentences of a mail, in reading order."""

    sentences: tuple[Sentence, ...] = ()
    language: str = ""  # ISO 639-1 of the author's words; "" unknown or too short to tell
    complete: bool = True  # whether every sentence of the mail is here

    def having(self, concept: str, *, own: bool = True) -> tuple[Hit, ...]:
        """All hits of a concept; `own` leaves out quoted stretches."""
        if own:
            return tuple(hit for _, hit in self.spoken(concept))
        return tuple(hit for sentence in self.sentences for hit in sentence.of(concept))

    def own(self) -> tuple[Sentence, ...]:
        """The sentences the seller answers for."""
        return self._own

    def spoken(self, concept: str) -> Iterator[tuple[int, Hit]]:
        """The own hits of a concept, each with the number of its sentence in `own()`."""
        for number in self._speakers.get(concept, ()):
            for hit in self._own[number].of(concept):
                yield number, hit

    def speakers(self, concept: str) -> Sequence[int]:
        """The numbers of the own sentences that speak of a concept, its places unsought."""
        return self._speakers.get(concept, ())

    @cached_property
    def _own(self) -> tuple[Sentence, ...]:
        return tuple(sentence for sentence in self.sentences if sentence.section is not Section.QUOTED)

    @cached_property
    def _speakers(self) -> dict[str, list[int]]:
        """Concept -> the numbers of the own sentences that speak of it."""
        speakers: dict[str, list[int]] = {}
        for number, sentence in enumerate(self._own):
            for concept in sentence.concepts:
                speakers.setdefault(concept, []).append(number)
        return speakers


class _Draft(NamedTuple):
    """A sentence before its language is settled."""

    passage: int
    base: int
    section: Section
    folded: Folded
    paragraph: int
    heard: Heard


def observe(mail: Mail) -> Scene:
    """Split the mail into sentences and find what each speaks of; linear in the mail."""
    drafts: list[_Draft] = []
    for index, passage in enumerate(mail.passages):
        if passage.source in READ and passage.text:
            drafts.extend(itertools.islice(_drafts(index, passage), MAX_SENTENCES - len(drafts)))
    own = [draft for draft in drafts if draft.section is not Section.QUOTED]
    language = _language(own or drafts)
    passages = _by_passage(drafts, language)
    sentences = tuple([_settled(draft, passages[draft.passage]) for draft in drafts])
    return Scene(sentences, language, complete=len(drafts) < MAX_SENTENCES)


def _drafts(index: int, passage: Passage) -> Iterator[_Draft]:
    """The sentences of a passage, none of which crosses from one owner's words into another's."""
    text = passage.text
    number, before = 0, 0
    for stretch in passage.stretches or (Stretch(0, len(text), Section.AUTHOR),):
        for start, paragraph in hear(text[stretch.start : stretch.end]):
            base = stretch.start + start
            for heard in paragraph.sentences:
                if text.count("\n", before, base + heard.start) > 1:
                    number += 1
                before = base + heard.end
                yield _Draft(index, base, stretch.section, paragraph.folded, number, heard)


def _summed(drafts: Iterable[_Draft]) -> Votes:
    total: Votes = {}
    for draft in drafts:
        for language, votes in draft.heard.votes.items():
            total[language] = total.get(language, 0.0) + votes
    return total


def _language(drafts: list[_Draft]) -> str:
    votes = _summed(drafts)
    words = sum(draft.heard.words.count(" ") + 1 for draft in drafts)
    text = "\n".join(draft.heard.text for draft in drafts[:40])
    if unclaimed(text, votes, words=words) and unclaimed(text, votes, words=_lettered(drafts)):
        return ask_model(text[:600])
    return winner(votes)


def _lettered(drafts: Iterable[_Draft]) -> int:
    """How many words there are, lines drawn with signs not counted."""
    return sum(word[0].isalpha() for draft in drafts for word in draft.heard.words.split())


def _by_passage(drafts: list[_Draft], language: str) -> dict[int, str]:
    """The language to read each passage in; a short one (the subject) takes the mail's, or its likeliest."""
    if not language:
        body = _summed(draft for draft in drafts if draft.passage)
        language = winner(_ruled(body), sure=_LIKELY) or likeliest(_summed(drafts), known_languages())
    grouped: dict[int, list[_Draft]] = {}
    for draft in drafts:
        grouped.setdefault(draft.passage, []).append(draft)
    return {passage: _best(_summed(group), language) for passage, group in grouped.items()}


def _best(votes: Votes, language: str) -> str:
    """The language to read a passage in: its own, else the mail's, else the likeliest that has rules."""
    return winner(votes) or language or winner(_ruled(votes), sure=_LIKELY)


def _ruled(votes: Votes) -> Votes:
    return {code: count for code, count in votes.items() if code in known_languages()}


def _settled(draft: _Draft, language: str) -> Sentence:
    heard = draft.heard
    own = heard.likely
    if own and own != language and heard.votes[own] >= heard.votes.get(language, 0.0) + _SWITCH:
        language = own
    return Sentence(
        draft.passage, draft.base + heard.start, draft.base + heard.end, draft.section, language,
        heard.question, draft.base, draft.folded, heard.offset, heard.words, heard.text, draft.paragraph,
        _concepts(language, heard.words),
    )  # fmt: skip


@lru_cache(maxsize=8192)
def _concepts(language: str, words: str) -> frozenset[str]:
    """The concepts in one folded sentence; remembered, as what is heard is."""
    spoken = lexicon(language).spoken(words)
    if INSPECTION not in spoken:
        return spoken
    return frozenset(one for one in spoken if not _is_of_reviews(one) or _places(language, one, words))


@lru_cache(maxsize=8192)
def _places(language: str, concept: str, words: str) -> tuple[Place, ...]:
    """Where one folded sentence speaks of a concept; sought when a check asks, and most never do."""
    phrases = lexicon(language)
    places = tuple((concept, start, end) for start, end in phrases.where(concept, words))
    if not _is_of_reviews(concept) or INSPECTION not in phrases.spoken(words):
        return places
    cases = [*phrases.where(INSPECTION, words)]
    return tuple(place for place in places if not any(s < place[2] and place[1] < e for s, e in cases))


def _is_of_reviews(concept: str) -> bool:
    """Whether a concept is heard in words that may look into a case instead: "we will review it"."""
    return concept.startswith("review_") or concept in _SAID_OF_REVIEWS
