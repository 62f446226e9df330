"""The mails that sellers may write to buyers, made from order data in eleven languages (D1 to D4)."""

from gatepost.letters.composing import Composed, Facts, Wish, compose, facts_of
from gatepost.letters.templates import LANGUAGES, LetterKind, Templates, load, shipped_words

__all__ = [
    "LANGUAGES",
    "Composed",
    "Facts",
    "LetterKind",
    "Templates",
    "Wish",
    "compose",
    "facts_of",
    "load",
    "shipped_words",
]
