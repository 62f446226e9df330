"""What a mail speaks of: its sentences, their language, and the concepts in them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from gatepost_policies.language.fold import Folded, fold
from gatepost_policies.language.identify import Votes, ask_model, likeliest, unclaimed, vote, winner
from gatepost_policies.language.lexicon import Phrases, Place, known_languages, lexicon
from gatepost_policies.language.sentences import split
from gatepost_policies.model import Mail, Passage, Section, Source, Span, Stretch

READ: Final = frozenset(Source) - {Source.HEADER}
MAX_SENTENCES: Final = (
    4_000  # of all passages; a mail with more is judged on these, and the reader notes its size
)
_LIKELY: Final = 0.3  # votes that let a few words be read in a language without naming it the mail's
_SWITCH: Final = 1.5  # votes by which a sentence must prefer another language than its passage


@dataclass(frozen=True, slots=True)
class Hit:
    """One concept at one place."""

    concept: str
    span: Span  # in the passage's original text
    language: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of one passage."""

    passage: int
    start: int
    end: int
    section: Section
    language: str
    question: bool
    hits: tuple[Hit, ...]  # in reading order
    folded: Folded = field(repr=False, compare=False)
    offset: int = field(default=0, repr=False)  # of the sentence in `folded.text`
    words: str = field(default="", repr=False)  # its own folded text
    text: str = field(default="", repr=False)  # its own original text
    paragraph: int = 0  # of the passage, from 0
    concepts: frozenset[str] = frozenset()  # of the hits

    def has(self, *concepts: str) -> bool:
        """Whether any of the concepts is spoken of."""
        return not self.concepts.isdisjoint(concepts)

    def of(self, *concepts: str) -> tuple[Hit, ...]:
        """The hits of these concepts."""
        if self.concepts.isdisjoint(concepts):
            return ()
        return tuple(hit for hit in self.hits if hit.concept in concepts)

    def find(self, phrases: Phrases) -> Iterator[Hit]:
        """The hits of other phrases than the lexicon's, such as a rule of the user's own."""
        for concept, start, end in phrases.find(self.words):
            place = (concept, self.offset + start, self.offset + end)
            yield _hit(self.folded, self.passage, phrases.language, place)


def _hit(folded: Folded, passage: int, language: str, place: Place) -> Hit:
    concept, start, end = place
    return Hit(concept, Span(passage, *folded.span(start, end)), language)


@dataclass(frozen=True, slots=True)
class Scene:
    """All sentences of a mail, in reading order."""

    sentences: tuple[Sentence, ...] = ()
    language: str = ""  # ISO 639-1 of the author's words; "" unknown or too short to tell
    complete: bool = True  # whether every sentence of the mail is here

    def having(self, concept: str, *, own: bool = True) -> tuple[Hit, ...]:
        """All hits of a concept; `own` leaves out quoted stretches."""
        return tuple(
            hit
            for sentence in self.sentences
            if not (own and sentence.section is Section.QUOTED)
            for hit in sentence.hits
            if hit.concept == concept
        )

    def own(self) -> tuple[Sentence, ...]:
        """The sentences the seller answers for."""
        return tuple(sentence for sentence in self.sentences if sentence.section is not Section.QUOTED)


@dataclass(slots=True)
class _Draft:
    """A sentence before its language is settled."""

    passage: int
    start: int
    end: int
    section: Section
    folded: Folded
    offset: int
    words: str
    original: str
    votes: Votes
    likely: str  # the language its own votes make certain, "" when none
    paragraph: int


def observe(mail: Mail) -> Scene:
    """Split the mail into sentences and find what each speaks of; linear in the mail."""
    drafts: list[_Draft] = []
    for index, passage in enumerate(mail.passages):
        if passage.source in READ and passage.text:
            drafts.extend(_drafts(index, passage, room=MAX_SENTENCES - len(drafts)))
    own = [draft for draft in drafts if draft.section is not Section.QUOTED]
    language = _language(own or drafts)
    passages = _by_passage(drafts, language)
    sentences = tuple(_settled(draft, passages[draft.passage]) for draft in drafts)
    return Scene(sentences, language, complete=len(drafts) < MAX_SENTENCES)


def _drafts(index: int, passage: Passage, *, room: int) -> Iterator[_Draft]:
    folded = fold(passage.text)
    paragraph, before = 0, 0
    for start, end in _pieces(passage):
        if room <= 0:
            return
        room -= 1
        if passage.text.count("\n", before, start) > 1:
            paragraph += 1
        before = end
        first, last = folded.index(start), folded.index(end)
        words, original = folded.text[first:last], passage.text[start:end]
        section = _section(passage.stretches, start)
        yield _Draft(
            index, start, end, section, folded, first, words, original, *_vote(words, original), paragraph
        )


def _pieces(passage: Passage) -> Iterator[tuple[int, int]]:
    """Sentences, none of which crosses from one owner's words into another's."""
    if not passage.stretches:
        yield from split(passage.text)
        return
    for stretch in passage.stretches:
        for start, end in split(passage.text[stretch.start : stretch.end]):
            yield stretch.start + start, stretch.start + end


def _section(stretches: Iterable[Stretch], at: int) -> Section:
    for stretch in stretches:
        if stretch.start <= at < stretch.end:
            return stretch.section
    return Section.AUTHOR


@lru_cache(maxsize=8192)
def _vote(words: str, original: str) -> tuple[Votes, str]:
    votes = vote(words, original)
    return votes, winner(votes)


def _summed(drafts: Iterable[_Draft]) -> Votes:
    total: Votes = {}
    for draft in drafts:
        for language, votes in draft.votes.items():
            total[language] = total.get(language, 0.0) + votes
    return total


def _language(drafts: list[_Draft]) -> str:
    votes = _summed(drafts)
    words = sum(draft.words.count(" ") + 1 for draft in drafts)
    text = "\n".join(draft.original for draft in drafts[:40])
    if unclaimed(text, votes, words=words):
        return ask_model(text[:600])
    return winner(votes)


def _by_passage(drafts: list[_Draft], language: str) -> dict[int, str]:
    """The language to read each passage in; a short one (the subject) takes the mail's, or its likeliest."""
    if not language:
        body = [draft for draft in drafts if draft.passage] or drafts
        language = likeliest(_summed(body), known_languages())
    grouped: dict[int, list[_Draft]] = {}
    for draft in drafts:
        grouped.setdefault(draft.passage, []).append(draft)
    return {passage: _best(_summed(group), language) for passage, group in grouped.items()}


def _best(votes: Votes, language: str) -> str:
    """The language to read a passage in: its own, else the mail's, else the likeliest that has rules."""
    ruled = {code: count for code, count in votes.items() if code in known_languages()}
    return winner(votes) or language or winner(ruled, sure=_LIKELY)


def _settled(draft: _Draft, language: str) -> Sentence:
    own = draft.likely
    if own and own != language and draft.votes[own] >= draft.votes.get(language, 0.0) + _SWITCH:
        language = own
    question = draft.original.rstrip("\"'”’»)]」』）").endswith(("?", "？", ";")) or draft.original.endswith(
        "ですか。"
    )
    places, concepts = _places(language, draft.words)
    hits = tuple(
        _hit(draft.folded, draft.passage, language, (concept, draft.offset + start, draft.offset + end))
        for concept, start, end in places
    )
    return Sentence(
        draft.passage, draft.start, draft.end, draft.section, language, question, hits,
        draft.folded, draft.offset, draft.words, draft.original, draft.paragraph, concepts,
    )  # fmt: skip


@lru_cache(maxsize=8192)
def _places(language: str, words: str) -> tuple[tuple[Place, ...], frozenset[str]]:
    """The concepts in one folded sentence; remembered, because HTML repeats the plain text."""
    found = sorted(lexicon(language).find(words), key=lambda place: (place[1], place[2]))
    return tuple(found), frozenset(place[0] for place in found)
