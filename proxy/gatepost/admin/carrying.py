"""A changed text carried into the HTML that said the same: word by word, the layout around it as it was.

Where that can't be done for certain, the text is laid out plainly. Either way the whole mail is judged anew:
nothing here decides what may go out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from gatepost.admin.differences import is_comparable

_WORD = re.compile(r"\S+")
_SOURCE_WORD = re.compile(r"&nbsp;|&#160;|((?:(?!&nbsp;|&#160;)\S)+)")
_TAG_NAME = re.compile(r"<([a-zA-Z]+)")
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_UNSEEN = frozenset({"head", "script", "style", "template", "textarea", "title"})
_PAGE = '<!doctype html>\n<html><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the text, or of the source."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Edit:
    """What stands in the source between two places from now on."""

    start: int
    end: int
    words: str


def carried(source: str, old: str, new: str) -> str | None:
    """`source` with the words of `old` become those of `new`; None where a changed word is not in it."""
    before, after, there = _words(old), _words(new), list(_source_words(source))
    if not all(is_comparable(_texts(before), _texts(others)) for others in (after, there)):
        return None
    places = _places(before, there)
    edits: list[_Edit] = []
    for kind, start, end, new_start, new_end in _compared(before, after).get_opcodes():
        if kind == "equal":
            continue
        gone = [places.get(number) for number in range(start, end)]
        fresh = _laid_out(new, after[new_start:new_end])
        here = _replaced(gone, fresh) if gone else _inserted(places, start, fresh)
        if here is None:
            return None
        edits += here
    return _applied(source, edits)


def laid_out_plainly(text: str) -> str:
    """A page that says `text` and nothing else."""
    paragraphs = (part.strip("\n") for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")))
    said = (html.escape(part).replace("\n", "<br>\n") for part in paragraphs if part.strip())
    return _PAGE.format(body="\n".join(f"<p>{part}</p>" for part in said))


def _words(text: str) -> list[_Word]:
    return [_Word(found[0], *found.span()) for found in _WORD.finditer(text)]


def _source_words(source: str) -> Iterator[_Word]:
    """The words between the tags that a reader may see, their character references resolved."""
    for start, end in _seen(source):
        for found in _SOURCE_WORD.finditer(source, start, end):
            if found[1]:
                yield _Word(html.unescape(found[1]), *found.span())


def _seen(source: str) -> Iterator[tuple[int, int]]:
    """The stretches of the source outside of tags, comments and what is never shown."""
    at = 0
    while at < len(source):
        opened = _MARKUP.search(source, at)
        yield at, opened.start() if opened else len(source)
        if opened is None:
            return
        at = _behind(source, opened.start())


def _behind(source: str, at: int) -> int:
    """Where the markup that begins at `at` ends, with what is in it where that is never shown."""
    if source.startswith("<!--", at):
        end = source.find("-->", at + 4)
        return end + 3 if end >= 0 else len(source)
    end = source.find(">", at)
    if end < 0:
        return len(source)
    name = _TAG_NAME.match(source, at)
    if name is None or name[1].lower() not in _UNSEEN:
        return end + 1
    closed = re.compile(f"</{name[1]}", re.IGNORECASE).search(source, end)
    return closed.start() if closed else len(source)


def _compared(before: Sequence[_Word], after: Sequence[_Word]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, _texts(before), _texts(after), autojunk=False)


def _texts(words: Sequence[_Word]) -> list[str]:
    return [word.text for word in words]


def _places(before: Sequence[_Word], there: Sequence[_Word]) -> Mapping[int, _Word]:
    """Where each word of the text stands in the source; those that are not there are left out."""
    blocks = _compared(before, there).get_matching_blocks()
    return {
        first + number: there[second + number] for first, second, size in blocks for number in range(size)
    }


def _replaced(gone: Sequence[_Word | None], fresh: str) -> list[_Edit] | None:
    """The new words in place of the first, the others gone; the tags between them stay."""
    edits = []
    for number, word in enumerate(gone):
        if word is None:
            return None
        edits.append(_Edit(word.start, word.end, "" if number else fresh))
    return edits


def _inserted(places: Mapping[int, _Word], at: int, fresh: str) -> list[_Edit] | None:
    if before := places.get(at - 1):
        return [_Edit(before.end, before.end, f" {fresh}")]
    if after := places.get(at):
        return [_Edit(after.start, after.start, f"{fresh} ")]
    return None


def _laid_out(text: str, words: Sequence[_Word]) -> str:
    """Words with the line breaks that stand between them, as HTML."""
    parts = []
    for number, word in enumerate(words):
        lines = text.count("\n", words[number - 1].end, word.start) if number else 0
        parts += ["<br>\n" * min(lines, 2) or " "] if number else []
        parts.append(html.escape(word.text))
    return "".join(parts)


def _applied(source: str, edits: Sequence[_Edit]) -> str:
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [source[at : edit.start], edit.words]
        at = edit.end
    return "".join([*parts, source[at:]])
