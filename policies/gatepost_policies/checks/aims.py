"""Whether the mail has a permitted purpose (G1), and kinds of mail that an edition forbids (2020-C)."""

from __future__ import annotations

from collections.abc import Iterator

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.language.scene import Sentence
from gatepost_policies.model import Section, Source, Span

GREETING_WORDS = 5  # a sentence of fewer words is a greeting or a heading
_BODY = frozenset({Source.PLAIN, Source.HTML, Source.DOCUMENT})
MAX_QUOTED = 200  # characters of a sentence that evidence quotes


def find_off_purpose(case: Case, params: Params) -> Iterator[Evidence]:
    """That nothing in the mail serves a permitted purpose, or that its purpose is one of `forbidden`."""
    forbidden = params.get("forbidden", ("other",))
    if case.purpose.value in forbidden:
        yield _opening(case, f"purpose: {case.purpose.value}")


def find_concept(case: Case, params: Params) -> Iterator[Evidence]:
    """The first sentence of each passage that speaks of `concept`, in mails that speak of no `unless`."""
    concept, unless = str(params["concept"]), frozenset(params.get("unless", ()))
    if any(case.spoken(other) for other in unless):
        return
    seen: set[int] = set()
    for hit in case.spoken(concept):
        if hit.span.passage not in seen and case.section(hit.span) is Section.AUTHOR:
            seen.add(hit.span.passage)
            yield case.at(hit.span)


def _opening(case: Case, note: str) -> Evidence:
    """What the mail is about: the words that tell it, or the first sentence that is more than a greeting."""
    told = [hit for hit in case.spoken("off_topic") if case.section(hit.span) is Section.AUTHOR]
    if told:
        return case.at(told[0].span, note)
    for sentence in case.scene.sentences:
        source = case.mail.passages[sentence.passage].source
        if sentence.section is not Section.AUTHOR or source not in _BODY or _is_greeting(sentence):
            continue
        end = min(sentence.end, sentence.start + MAX_QUOTED)
        return case.at(Span(sentence.passage, sentence.start, end), note)
    return Evidence(label="subject", note=note)


def _is_greeting(sentence: Sentence) -> bool:
    return len(sentence.words.split()) < GREETING_WORDS and sentence.language != "ja"
