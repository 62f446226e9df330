"""Words that the mail carries but does not show, and text that says other things than the HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.model import Hidden, Hiding, Passage, Section, Source

_MARKS: Final = ".,;:!?()[]{}<>\"'’“”„«»-–—*_|/\u200b\u200c\u200d\ufeff\u00ad\u034f\u2007"
_JAPANESE: Final = re.compile("[\u3041-\u30ff\u4e00-\u9fff]{2,}")
# What helpdesks put into every mail: reply separators, thread markers, message ids, preheader padding.
_MARKERS: Final = re.compile(
    r"\{#|#\}|##-|-##|ref-mid|message-id|mid:|\[#|ticket[ #:]|case[ #:]|do not edit|"
    r"(?:reply|respond|answer|write|type)[^.\n]{0,30}(?:above|below|over) this|above this line|"
    r"antwort[^.\n]{0,30}(?:oberhalb|über)|au-dessus de cette ligne|encima de esta|sopra questa|boven deze|"
    r"powyżej tej|acima desta|ovanför denna|bu satırın üst|この行より",
    re.IGNORECASE,
)
MAX_WORDS_COMPARED: Final = 5_000


def find_hidden(case: Case, params: Params) -> Iterator[Evidence]:
    """Hidden words that carry meaning: neither a helpdesk's marker nor what the mail says openly anyway."""
    if not case.mail.hidden:
        return
    visible = _words(
        " ".join(p.text for p in case.mail.passages if p.source in (Source.SUBJECT, Source.HTML))
    )
    share = float(params.get("repeated_share", 0.6))
    for hidden in case.mail.hidden:
        if _carries_meaning(hidden, visible, share=share, at_least=int(params.get("least_words", 3))):
            text = " ".join(hidden.text.split())[:200]
            yield Evidence(text=text, label=hidden.label, note=f"hidden by {hidden.how.value}")


def find_disagreement(case: Case, params: Params) -> Iterator[Evidence]:
    """That the plain text and the HTML of one mail say different things."""
    plain = [p for p in case.mail.passages if p.source is Source.PLAIN]
    html = [p for p in case.mail.passages if p.source is Source.HTML]
    if len(plain) != 1 or len(html) != 1 or not _are_alternatives(plain[0], html[0]):
        return
    texts = _authored(plain[0]).lower(), _authored(html[0]).lower()
    least_shared = float(params.get("shared_share", 0.4))
    if _clearly_share(*texts, least_shared):
        return
    first, second = map(_words, texts)
    least = int(params.get("least_words", 20))
    if min(len(first), len(second)) < least:
        return
    shared = len(first & second) / min(len(first), len(second))
    if shared < least_shared:
        yield Evidence(label=plain[0].label, note="the plain text and the HTML have few words in common")


def _clearly_share(first: str, second: str, least: float) -> bool:
    """Whether so many words agree as they are written that no closer look is needed."""
    if not (first.isascii() and second.isascii()):
        return False
    left, right = _written(first), _written(second)
    same = sum(1 for word in left & right if len(word) > 1 and word.isalpha())
    return same > least * min(len(left), len(right))


def _carries_meaning(hidden: Hidden, visible: frozenset[str], *, share: float, at_least: int) -> bool:
    if hidden.how is Hiding.COMMENT or _MARKERS.search(hidden.text):
        return False
    words = _words(hidden.text)
    if len(words) < at_least:
        return False
    return len(words & visible) / len(words) < share


def _words(text: str) -> frozenset[str]:
    """The words of `text` in lower case; of Japanese, which does not part its words, its pairs of letters."""
    lowered = text.lower()
    words = {word.strip(_MARKS) for word in _written(lowered)}
    if lowered.isascii() or not _JAPANESE.search(lowered):
        return frozenset(word for word in words if len(word) > 1 and not word.isdigit())
    runs = _JAPANESE.findall(lowered[: MAX_WORDS_COMPARED * 4])
    return frozenset(run[at : at + 2] for run in runs for at in range(len(run) - 1))


def _written(text: str) -> frozenset[str]:
    return frozenset(text.split(maxsplit=MAX_WORDS_COMPARED)[:MAX_WORDS_COMPARED])


def _authored(passage: Passage) -> str:
    if not passage.stretches:
        return passage.text
    return " ".join(
        passage.text[s.start : s.end] for s in passage.stretches if s.section is not Section.QUOTED
    )


def _are_alternatives(plain: Passage, html: Passage) -> bool:
    """Whether both stand in the same multipart: siblings have paths that differ in the last number only."""
    return plain.path.rpartition(".")[0] == html.path.rpartition(".")[0]
