"""What can't be judged: broken or doubtful structure, foreign languages, mails that are one picture."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.model import Section, Source, Span

_WORD = re.compile(
    "[\u3041-\u30ff\u4e00-\u9fff]{2}|[^\\s\u3041-\u30ff\u4e00-\u9fff]+"
)  # Japanese has no spaces
MAX_QUOTED = 200  # characters of a sentence that evidence quotes
_TEXT = frozenset({Source.PLAIN, Source.HTML, Source.CALENDAR, Source.DOCUMENT, Source.PICTURE})


def find_defects(case: Case, params: Params) -> Iterator[Evidence]:
    """Faults of the mail's structure for which different readers would show different mails."""
    serious = tuple(params.get("defects", ()))
    for defect in case.mail.defects:
        if any(defect == name or defect.startswith(f"{name}:") for name in serious):
            yield Evidence(label="structure", note=defect)
    if not case.scene.complete:
        yield Evidence(label="structure", note="more sentences than are judged")


def find_encrypted(case: Case, params: Params) -> Iterator[Evidence]:
    """Parts that only their recipient can open."""
    for attachment in case.mail.attachments:
        if attachment.content_type.lower() in params.get("types", ()):
            yield Evidence(text=attachment.name or attachment.content_type, label="attachment")


def find_foreign_language(case: Case, params: Params) -> Iterator[Evidence]:
    """That the mail, or a good part of it, is written in a language without rules."""
    known = case.settings.languages
    least = int(params.get("least_words", 12))
    foreign = [
        s for s in case.scene.own() if s.section is Section.AUTHOR and s.language and s.language not in known
    ]
    if case.scene.language and case.scene.language not in known:
        yield Evidence(
            label=_first_label(case), note=f"written in a language without rules ({case.scene.language})"
        )
    elif sum(len(sentence.words.split()) for sentence in foreign) >= least:
        sentence = foreign[0]
        span = Span(sentence.passage, sentence.start, min(sentence.end, sentence.start + MAX_QUOTED))
        yield case.at(span, f"a language without rules ({sentence.language})")


def find_picture_only(case: Case, params: Params) -> Iterator[Evidence]:
    """That the mail shows pictures and hardly a word: what they say can't be judged here."""
    least = int(params.get("least_words", 6))
    texts = (passage.text for passage in case.mail.passages if passage.source in _TEXT)
    words = (word for text in texts for word in _WORD.finditer(text))
    if not case.mail.images or sum(1 for _ in itertools.islice(words, least)) >= least:
        return
    for image in case.mail.images:
        if min(image.width or 100, image.height or 100) >= int(params.get("least_pixels", 40)):
            yield Evidence(text=image.alt or image.src[:200], label=image.label)
            return


def _first_label(case: Case) -> str:
    return next((passage.label for passage in case.mail.passages if passage.source in _TEXT), "subject")
