"""Says whose words each stretch of a passage is: the author's, a quoted mail's, a signature, a legal footer.

What counts as quoted. Quoted words never count against the seller, so one mark is not enough: own words
between quotation marks of some kind would then be free. Two signs must agree, of these three kinds:

1. a form: lines that begin with `>`, a mail program's quotation element, a bare `<blockquote>` (which is
   weaker: it never goes with sign 3 alone), or a ruled line such as "----- Original Message -----";
2. a heading: an attribution that names a day or an address ("On 3 May 2026, Ann wrote:"), or a block of at
   least three of the fields From, Sent, To, Subject of which one holds an address or a day;
3. the mail is an answer: In-Reply-To, References, or "Re:" (in its language) in the subject.

A heading without a form runs to the end of the passage, and counts only in an answer. `>` lines end where
they end: words below them are the author's again. And a mail whose author says less than three words beside
its quotations has no quotation: what it carries is what it says.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import re2

from gatepost_policies.facts.tables import table
from gatepost_policies.html import Quote
from gatepost_policies.model import Section, Stretch

MAX_LINES: Final = 20_000  # looked at for headings; a longer text is its author's from there on
MIN_OWN_WORDS: Final = 3
MAX_QUOTES: Final = 200  # elements of one page; the outermost of a long thread hold the rest
_REACH: Final = 6  # lines that a heading may stand above what it heads, or a field block may be long
_SIGNED_LINES: Final = 14  # lines at the end of a mail in which a signature may begin
_LONG_LINE: Final = 140  # characters; a longer line is a sentence, not a part of a signature
_OPENING: Final = frozenset(">|-_=*—–―─━")  # how a line of a quotation or above one may begin
_WORD: Final = re.compile(r"\w{2,}")
_MARKED: Final = re.compile(r"[ \t]{0,3}[>|]")
_DASHES: Final = re.compile(r"[-_=*—–―─━]{2,}")
_RULE: Final = re.compile(r"[_=─━―—-]{8,}\s*")
_CONCRETE: Final = re.compile(r"@|\d{1,2}[:./-]\d{1,2}|\b(?:19|20)\d\d\b|\d年")
_POSTSCRIPT: Final = re.compile(r"[\s*_]*(?:p\.?\s?p?\.?s\.?|追伸|ps)\s*[:.\-–)]", re.IGNORECASE)


class _Line(NamedTuple):
    """A line of a passage; a tuple, for a mail has hundreds and they are made on every reading."""

    start: int
    end: int
    text: str  # stripped, lower case


@dataclass(frozen=True, slots=True)
class _Forms:
    attribution: re.Pattern[str]
    fields: dict[str, str]
    separator: re.Pattern[str]
    reply: re.Pattern[str]
    closings: frozenset[str]
    footer: Any  # an RE2 pattern: many alternatives, searched in many lines


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    data = table("mail_forms")
    lines = "|".join(pattern for patterns in data["attributions"].values() for pattern in patterns)
    replies = "|".join(map(re.escape, data["replies"]))
    separators = "|".join(map(re.escape, data["separators"]))
    return _Forms(
        attribution=re.compile(rf"(?:{lines})\s*[:：]?\s*", re.IGNORECASE),
        fields={name: kind for kind, names in data["fields"].items() for name in names},
        separator=re.compile(rf"(?:{separators})", re.IGNORECASE),
        reply=re.compile(
            rf"\s*(?:\[[^\]]{{1,40}}\]\s*)?(?:{replies})\.?\s*(?:\[\d+\]|\(\d+\))?\s*[:：]", re.IGNORECASE
        ),
        closings=frozenset(closing for found in data["closings"].values() for closing in found),
        footer=re2.compile("(?i)" + "|".join(data["footers"])),
    )


def is_reply_subject(subject: str) -> bool:
    """Whether a subject says that the mail answers another ("Re:", "AW:", "返信:")."""
    return _forms().reply.match(subject[:100]) is not None


def stretches(text: str, *, quotes: Sequence[Quote] = (), answers: bool = False) -> tuple[Stretch, ...]:
    """The stretches that cover `text` without gaps; `answers` says that the mail answers another."""
    if not quotes and (tail := _unquoted_tail(text, answers=answers)) is not None:
        return _merged_tail(text, tail)
    lines = _lines(text)
    quoted = _quoted_lines(lines, quotes, answers=answers)
    if quoted and _own_words(text, lines, quoted) < MIN_OWN_WORDS:
        quoted = set()
    owners = [Section.QUOTED if number in quoted else Section.AUTHOR for number in range(len(lines))]
    _sign(lines, owners)
    return _merged(lines, owners, len(text))


def _lines(text: str) -> list[_Line]:
    lines = []
    start = 0
    for raw in text.split("\n", MAX_LINES):
        lines.append(_Line(start, start + len(raw) + 1, raw.strip().lower()))
        start += len(raw) + 1
    return lines


def _unquoted_tail(text: str, *, answers: bool) -> list[_Line] | None:
    """The last lines, in which a signature may stand, of a text that surely quotes nothing; else None."""
    if answers and (":" in text or "：" in text):
        return None
    raw = text.split("\n", MAX_LINES)
    if len(raw) > MAX_LINES or any(line.lstrip()[:1] in _OPENING for line in raw if line):
        return None
    tail: list[_Line] = []
    end = len(text) + 1
    own = 0
    for line in reversed(raw):
        start = end - len(line) - 1
        tail.append(_Line(start, end, line.strip().lower()))
        own += bool(tail[-1].text)
        if own == _SIGNED_LINES:
            break
        end = start
    return tail[::-1]


def _merged_tail(text: str, tail: list[_Line]) -> tuple[Stretch, ...]:
    owners = [Section.AUTHOR] * len(tail)
    _sign(tail, owners)
    head = [_Line(0, tail[0].start, "")] if tail[0].start else []
    return _merged([*head, *tail], [Section.AUTHOR] * len(head) + owners, len(text))


def _own_words(text: str, lines: list[_Line], quoted: set[int]) -> int:
    words = 0
    for number, line in enumerate(lines):
        if number not in quoted and not _is_heading(lines, number):
            words += len(_WORD.findall(text[line.start : line.end]))
            if words >= MIN_OWN_WORDS:
                break
    return words


def _quoted_lines(lines: list[_Line], quotes: Sequence[Quote], *, answers: bool) -> set[int]:
    quoted: set[int] = set()
    for number, line in enumerate(lines):
        if number in quoted or not line.text:
            continue
        if line.text[0] in ">|":
            heading = _heading_above(lines, number)
            if answers or heading is not None:
                quoted |= _run_of_marks(lines, number)
                quoted.update(range(number if heading is None else heading, number))
        elif _opens_trailing(lines, number, answers=answers):
            quoted |= set(range(number, len(lines)))
            break
    return quoted | _quoted_markup(lines, quotes, answers=answers)


def _quoted_markup(lines: list[_Line], quotes: Sequence[Quote], *, answers: bool) -> set[int]:
    quoted: set[int] = set()
    starts = [line.start for line in lines] if quotes else []
    for quote in sorted(quotes, key=lambda quote: (quote.start, -quote.end))[:MAX_QUOTES]:
        first = max(bisect_right(starts, quote.start) - 1, 0)
        if lines[first].end <= quote.start + 1:
            first += 1
        within = range(first, bisect_left(starts, quote.end))
        if within and _is_real(lines, within, quote, answers=answers):
            heading = _heading_above(lines, within[0])
            quoted.update(range(within[0] if heading is None else heading, within[-1] + 1))
    return quoted


def _is_real(lines: list[_Line], within: range, quote: Quote, *, answers: bool) -> bool:
    if quote.marked and answers:
        return True
    return _heading_above(lines, within[0]) is not None or any(
        _is_heading(lines, number) for number in within[:_REACH]
    )


def _run_of_marks(lines: list[_Line], number: int) -> set[int]:
    run = set()
    while number < len(lines) and (not lines[number].text or lines[number].text[0] in ">|"):
        run.add(number)
        number += 1
    while run and not lines[max(run)].text:
        run.remove(max(run))
    return run


def _heading_above(lines: list[_Line], number: int) -> int | None:
    """The line of the heading that stands directly above line `number`; blank lines between do not count."""
    seen = 0
    at = number - 1
    while at >= 0 and seen < 2 and number - at <= _REACH:
        if lines[at].text:
            seen += 1
            if _is_heading(lines, at):
                return at - 1 if _is_wrapped(lines, at) else at
        at -= 1
    return None


def _is_wrapped(lines: list[_Line], number: int) -> bool:
    """Whether the attribution at line `number` began on the line above: the day there, the address here."""
    above = lines[number - 1].text if number else ""
    return (
        _is_attribution(lines, number)
        and _CONCRETE.search(above) is not None
        and len(above) < 120
        and not above.endswith((".", "!", "?", "。", ":"))
    )


def _is_heading(lines: list[_Line], number: int) -> bool:
    return _is_attribution(lines, number) or _field_block(lines, number) >= 3


def _is_attribution(lines: list[_Line], number: int) -> bool:
    text = lines[number].text
    if _attributes(text):
        return True
    following = lines[number + 1].text if number + 1 < len(lines) else ""
    if not text or not following or len(following) > 120 or text.endswith((".", "!", "?", "。", ":")):
        return False
    return not _attributes(following) and _attributes(f"{text} {following}")  # wrapped over two lines


def _attributes(text: str) -> bool:
    """Whether a line says who wrote what follows, and when or from which address."""
    if not text.endswith((":", "：", "wrote", "のメール")) or len(text) > 400:
        return False
    return _CONCRETE.search(text) is not None and _forms().attribution.fullmatch(text) is not None


def _field_block(lines: list[_Line], number: int) -> int:
    """How many different fields of a mail's heading stand from line `number` on, one of them concrete."""
    kinds: set[str] = set()
    concrete = False
    for line in lines[number : number + _REACH + 2]:
        if not line.text:
            continue
        name, colon, value = line.text.replace("：", ":").lstrip("*> \t").partition(":")
        kind = _forms().fields.get(name.strip("* \t")) if colon and len(name) < 24 else None
        if kind is None:
            break
        kinds.add(kind)
        concrete = concrete or _CONCRETE.search(value) is not None
    return len(kinds) if concrete and "from" in kinds else 0


def _opens_trailing(lines: list[_Line], number: int, *, answers: bool) -> bool:
    """Whether all from line `number` on is a quoted mail."""
    text = lines[number].text
    if _DASHES.match(text) and len(text) < 120:
        ruled = _RULE.fullmatch(text) is not None or _forms().separator.search(text) is not None
        below = next((at for at in range(number + 1, min(number + 4, len(lines))) if lines[at].text), None)
        return ruled and below is not None and _field_block(lines, below) >= 3
    if not answers or ":" not in text.replace("：", ":"):
        return False
    if _field_block(lines, number) >= 3:
        return True
    return _is_attribution(lines, number) and not _is_marked_below(lines, number)


def _is_marked_below(lines: list[_Line], number: int) -> bool:
    """Whether what an attribution heads is marked line by line, so that it ends where the marks end."""
    below = [line.text for line in lines[number + 1 : number + _REACH] if line.text][:2]
    return any(text[0] in ">|" for text in below)


def _sign(lines: list[_Line], owners: list[Section]) -> None:
    """Mark signature and footer among the author's last lines."""
    own = [n for n, owner in enumerate(owners) if owner is Section.AUTHOR and lines[n].text][-_SIGNED_LINES:]
    start = _signature_start(lines, own)
    is_legal = _forms().footer.search
    legal = is_legal("\n".join(lines[number].text[:300] for number in own)) is not None
    section: Section | None = None
    for number in own:
        text = lines[number].text
        if number == start:
            section = Section.SIGNATURE
        if legal and is_legal(text[:300]):
            section = Section.FOOTER
        elif (section is not None and _POSTSCRIPT.match(text)) or (
            section is Section.SIGNATURE and len(text) > _LONG_LINE
        ):
            section = None
        if section is not None:
            owners[number] = section


def _signature_start(lines: list[_Line], own: list[int]) -> int:
    for number in own:
        if lines[number].text in ("--", "—", "__"):
            return number
    for number in reversed(own):
        text = lines[number].text.rstrip(",.!;:、。 ")
        if text in _forms().closings:
            return number
        head = text.split(",", 1)[0]
        if len(text) < 60 and head != text and head in _forms().closings:
            return number
    return -1


def _merged(lines: Sequence[_Line], owners: list[Section], length: int) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    start = 0
    last = owners[0]
    for line, owner in zip(lines, owners, strict=True):
        # A blank line belongs to what stands above it.
        if owner is not last and (line.text or owner is not Section.AUTHOR):
            if line.start > start:
                found.append(Stretch(start, line.start, last))
            start, last = line.start, owner
    if length > start or not found:
        found.append(Stretch(min(start, length), length, last))
    return tuple(found)
