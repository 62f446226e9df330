"""Finds the addresses written out in a text: with a scheme, without one, or with their dots disguised.

A host without a scheme counts when its suffix is a public one and nothing speaks against it: file names,
abbreviations, version numbers, sentences that lack the space after their full stop, e-mail addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import re2

from gatepost_policies.facts.hosts import canonical_host, parse_url, registrable
from gatepost_policies.facts.tables import table
from gatepost_policies.text import compatible

MAX_FOUND: Final = 2_000  # in one text
MAX_HOST_TEXT: Final = 260  # characters that a host may span
MAX_URL_TEXT: Final = 4_000


@dataclass(frozen=True, slots=True)
class Bare:
    """An address in a text: what it says, its canonical host, and its range in the text."""

    url: str
    host: str
    start: int
    end: int


_SCHEME: Final = re.compile(r"(?<![A-Za-z0-9])(h(?:tt|xx|\*\*)ps?|ftp)\s?:\s?[/\\]\s?[/\\]\s?", re.IGNORECASE)
_HAS_SCHEME: Final = re.compile(r":\s?[/\\]")
_BESIDE_COLON: Final = 6  # characters of a scheme on either side of its colon, at most
_ADDRESS: Final = re.compile(rf"[^\s<>\"“”„«»「」『』（）【】、。｡，]{{1,{MAX_URL_TEXT}}}")
_AFTER: Final = re.compile(rf"(?::\d{{1,5}})?(?:[/?#][^\s<>\"“”„«»「」『』【】、。]{{0,{MAX_URL_TEXT}}})?")
_HOST_LETTERS: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)
_ANY_LETTERS: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af々〆]")
_TRAIL: Final = ".,;:!?'*_~|"
_OPENERS: Final = {")": "(", "]": "[", "}": "{"}

# A dot in disguise: bracketed, spelt out, spaced out before an ending that is hardly ever a word, or a
# full stop of another script between Latin letters.
_ENDINGS: Final = (
    r"(?:com|net|org|info|biz|shop|store|online|site|club|xyz|eu|de|fr|es|it|nl|pl|se|tr|jp|co|uk|io)\b"
)
_DOT_WORDS: Final = r"(?:\.|dot|punkt|point|punto|ponto|punt|kropka|nokta|ドット|点)"
_DISGUISED: Final = re.compile(
    rf"(?<=\w)[ \t]?[\[({{<][ \t]?{_DOT_WORDS}[ \t]?[\])}}>][ \t]?(?=\w)"
    rf"|(?<=\w)(?<!\bthe)(?<!\ba)[ \t](?:dot|punkt|punto|ponto|nokta)[ \t](?={_ENDINGS})"
    rf"|(?<=\bwww)[ \t]?[.,][ \t]?(?=\w)"
    rf"|(?<=\w)[ \t]\.[ \t]?(?={_ENDINGS}|co[ \t]?\.)"
    r"|(?<=[a-z0-9])\.[ \t](?=(?-i:com|net|org|shop|store)\b(?![ \t][a-z]+ing))"
    r"|(?<=[A-Za-z0-9])[\u3002\u00b7\u2022\u30fb\u2027\u2219\uff61](?=[A-Za-z]{2})",
    re.IGNORECASE,
)
_MAY_DISGUISE: Final = re2.compile(
    r"(?i)"
    r"[\[({<][ \t]?(?:\.|dot|p[ou]n|kropka|nokta|ドット|点)|[ \t](?:dot|punkt|punto|ponto|nokta)[ \t]"
    r"|\bwww(?:[ \t][.,]|,|\.[ \t])"
    r"|[ \t]\.|\.[ \t](?:com|net|org|shop|store)\b"
    r"|[a-z0-9][\x{3002}\x{00b7}\x{2022}\x{30fb}\x{2027}\x{2219}\x{ff61}][a-z]"
)
_WWW: Final = re.compile(r"www\.[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_SPACED: Final = re.compile(r"(?<!\S)(?:[A-Za-z0-9:/.-] ){5,80}[A-Za-z0-9/](?!\S)")


_AT_WORD: Final = re.compile(r"[\[({][ ]?(?:at|arroba|ät|a)[ ]?[\])}][ ]?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Words:
    """What tells hosts from other words with a dot in them."""

    strong: frozenset[str]
    files: frozenset[str]
    words: frozenset[str]
    before: frozenset[str]
    capital: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = table("endings")
    return _Words(*(frozenset(data[name]) for name in ("strong", "files", "words", "before", "capital")))


def find_bare(text: str) -> list[Bare]:
    """The addresses written out in `text`, in order, with their places in it."""
    # Look-alike letters stay: they lead to another host than the one they look like.
    base = compatible(text)
    plain, offsets = undisguise(base.text)
    found: list[Bare] = []
    for url, host, start, end in _scan(plain):
        if len(found) >= MAX_FOUND:
            break
        if offsets is not None:
            start, end = offsets[start], offsets[end]
        start, end = base.origin(start, end)
        found.append(Bare(url, host, start, end))
    return found


def undisguise(text: str) -> tuple[str, list[int] | None]:
    """`text` with disguised dots made plain, and where each character came from."""
    spaced = " . " in text and _SPACED.search(text) is not None
    if not spaced and _MAY_DISGUISE.search(text) is None:
        return text, None
    cuts = [(match.start(), match.end(), ".") for match in _DISGUISED.finditer(text)]
    if spaced:
        cuts = [(m.start(), m.end(), m[0].replace(" ", "")) for m in _SPACED.finditer(text) if "." in m[0]]
    if not cuts:
        return text, None
    out: list[str] = []
    offsets: list[int] = []
    last = 0
    for start, end, instead in cuts:
        out += (text[last:start], instead)
        offsets += range(last, start)
        offsets += [start] * len(instead)
        last = end
    out.append(text[last:])
    offsets += range(last, len(text) + 1)
    return "".join(out), offsets


def _scan(text: str) -> Iterator[tuple[str, str, int, int]]:
    done = 0
    for url, host, start, end in _with_scheme(text):
        yield from _hosts(text, done, start)
        yield url, host, start, end
        done = end
    yield from _hosts(text, done, len(text))


def _with_scheme(text: str) -> Iterator[tuple[str, str, int, int]]:
    position = 0
    for colon in _HAS_SCHEME.finditer(text):  # colons are few: a search for schemes tries every letter
        around = max(position, colon.start() - _BESIDE_COLON), colon.start() + _BESIDE_COLON
        match = _SCHEME.search(text, *around) if colon.start() >= position else None
        if match is None:
            continue
        position = match.end()
        rest = _ADDRESS.match(text, position)
        if rest is None:
            continue
        tail = _trimmed(rest[0])
        scheme = match[1].lower().replace("**", "tt").replace("xx", "tt")
        url = f"{scheme}://{tail}"
        host = parse_url(url).host
        if not _is_host(host) and (cut := _CJK.search(tail)) and cut.start():
            tail = _trimmed(tail[: cut.start()])
            url = f"{scheme}://{tail}"
            host = parse_url(url).host
        if tail and host and (_is_host(host) or not any(letter.isspace() for letter in match[0])):
            position += len(tail)
            yield url, host, match.start(), position


def _is_host(host: str) -> bool:
    return bool(registrable(host)) or (host[-1:].isdigit() and host.count(".") == 3)


def _trimmed(address: str) -> str:
    """`address` without the punctuation of the sentence around it."""
    while address:
        last = address[-1]
        opener = _OPENERS.get(last)
        if last in _TRAIL or (opener and address.count(opener) < address.count(last)):
            address = address[:-1]
        else:
            break
    return address


def _hosts(text: str, start: int, end: int) -> Iterator[tuple[str, str, int, int]]:
    """Hosts without a scheme in `text[start:end]`, by the dots between two letters."""
    done = start
    dot = text.find(".", start, end)
    while dot >= 0:
        if dot > done and dot + 1 < end and text[dot + 1].isalnum() and _is_label(text[dot - 1]):
            first = _first_of(text, dot, done)
            match = _ANY_LETTERS.match(text, first, min(end, first + 2 * MAX_HOST_TEXT))
            if match is not None:
                found = _host_at(text, match)
                done = max(match.end(), found[3] if found else 0)
                if found:
                    yield found
        dot = text.find(".", max(dot + 1, done), end)


def _is_label(letter: str) -> bool:
    return letter.isalnum() or letter in "-_"


def _first_of(text: str, dot: int, floor: int) -> int:
    first = dot
    floor = max(floor, dot - MAX_HOST_TEXT)
    while first > floor and (_is_label(text[first - 1]) or text[first - 1] == "."):
        first -= 1
    while first < dot and text[first] in ".-_":
        first += 1
    return first


def _host_at(text: str, match: re.Match[str]) -> tuple[str, str, int, int] | None:
    start, end = match.span()
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if _AT_WORD.search(text[max(0, start - 10) : start]):
        return None
    if before == "@" or after == "@" or (before in "/\\" and text[max(0, start - 2) : start] != "//"):
        return None
    name = match[0]
    if not name.isascii() and _CJK.search(name):
        start, name = _latin_core(name, start)
    if not any(letter.isalpha() for letter in name):
        return None
    name = name.rstrip("-_")
    for _ in range(3):
        candidate = canonical_host(name)
        # Mail programs make a link of whatever begins with "www.", whether its ending exists or not.
        if candidate and (registrable(candidate) or _WWW.fullmatch(candidate)):
            break
        name = _shorter(name)
    else:
        return None
    end = start + len(name)
    rest = _AFTER.match(text, end)
    tail = _trimmed(rest[0]) if rest else ""
    if not _is_believable(name, candidate, has_path=len(tail) > 1):
        return None
    return name + tail, candidate, start, end + len(tail)


def _latin_core(name: str, start: int) -> tuple[int, str]:
    """A Latin host inside Japanese text, which puts no spaces around it."""
    dot = name.find(".")
    core = next((m for m in _HOST_LETTERS.finditer(name) if m.start() < dot < m.end() and "." in m[0]), None)
    if core is not None:
        return start + core.start(), core[0]
    tail = re.match(r"[^.]+\.[A-Za-z]{2,}", name)  # an IDN label before a Latin suffix
    return (start, tail[0]) if tail else (start, name)


def _shorter(name: str) -> str:
    """`name` without what is glued to its end ("shop.de-Rechnung", "shop.com.Please")."""
    head, dot, last = name.rpartition(".")
    if "-" in last:
        return f"{head}{dot}{last.split('-', 1)[0]}"
    return head if "." in head else ""


def _is_believable(name: str, host: str, *, has_path: bool) -> bool:
    words = _words()
    labels = name.split(".")
    last = labels[-1]
    own = registrable(host).split(".", 1)[0]
    if labels[0].lower().startswith("www") or (has_path and last.islower()):
        return True
    if last.lower() in words.files:
        return False
    strong = last.lower() in words.strong
    if last != last.lower() and not strong and not _is_shouted(name, last, own):
        return False
    if (len(own) == 1 or not any(letter.isalpha() for letter in own)) and not strong:
        return False
    if last.lower() in words.words or last != last.lower():
        glued = any(label[:1].isupper() and not label.isupper() for label in labels[1:-1])
        return not glued and not _ends_a_sentence(labels[-2], words)
    return True


_WORD_ENDS: Final = ("ed", "ing", "ly", "tion", "ment", "ness")


def _is_shouted(name: str, last: str, own: str) -> bool:
    """Whether capitals in an ending are the writer's manner ("MYSHOP.DE"), not the start of a sentence."""
    if name == name.upper():
        return len(own) > 3
    return last.istitle() and last.lower() in _words().capital


def _ends_a_sentence(word: str, words: _Words) -> bool:
    """Whether `word` is rather the last of a sentence whose full stop lacks its space."""
    low = word.lower()
    return len(low) < 3 or low in words.before or low.endswith(_WORD_ENDS)
