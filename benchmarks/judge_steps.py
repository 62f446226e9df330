"""Prints what judging the two mails of the benchmarks costs by step, in microseconds of processor time.

Without a word beside it a figure is of a mail whose paragraphs the engine has heard in an earlier mail, as
templates are. `new` is one in whose every sentence stands a word that it meets for the first time; `unheard`
are 4 KB mails of sentences none of which it has heard, by language, the median. What is loaded once stays
loaded: rules, words, tables; and phrases are ready, as they are in a gateway soon after its start.
"""

from __future__ import annotations

import gc
import json
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import mails
from read_steps import cost

from gatepost.heap import keep_freed
from gatepost_policies import Mail, Reading, Rulebook, judge, load, read
from gatepost_policies.facts.bare import find_bare
from gatepost_policies.facts.finding import find_facts
from gatepost_policies.facts.reading import read_mail
from gatepost_policies.facts.sections import stretches
from gatepost_policies.html import read_html
from gatepost_policies.judging import case_of
from gatepost_policies.language.lexicon import known_languages, lexicon
from gatepost_policies.language.scene import observe
from gatepost_policies.mime import split

T = TypeVar("T")

NEW_MAILS = 30
PARAGRAPHS = 13  # of a mail of 4 KB
SENTENCES = Path(__file__).resolve().parent.parent / "tests" / "policies" / "sentences"
_WORD = re.compile(rb"(?<= )(lamp|switch|base|screw|item|parcel)\b")
_VOWELS, _CONSONANTS = b"aeiou", b"bdfgklmnprstvz"


def new_mails(raw: bytes) -> Iterator[bytes]:
    """Mails like `raw`, of the same length, in whose sentences stands a word that no other mail has.

    The same word stands in the plain text and in the HTML.
    """
    half = len(_WORD.findall(raw)) // 2
    for number in range(1, NEW_MAILS + 1):
        count = iter(range(2 * half + 1))

        def made_up(match: re.Match[bytes], number: int = number, count: Iterator[int] = count) -> bytes:
            return _syllables(number * 1_000 + next(count) % half, len(match[0]))

        yield _WORD.sub(made_up, raw)


def _syllables(number: int, length: int) -> bytes:
    out = bytearray()
    while len(out) < length:
        letters = _VOWELS if len(out) % 2 else _CONSONANTS
        number, at = divmod(number, len(letters))
        out.append(letters[at])
    return bytes(out)


def unheard_mails(language: str) -> list[bytes]:
    """4 KB mails of the sentences that the tests keep, each sentence in one mail only."""
    file = SENTENCES / f"{language}.jsonl"
    said = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
    return [mails.saying(said[at : at + PARAGRAPHS]) for at in range(0, len(said) - PARAGRAPHS, PARAGRAPHS)]


def unheard(rulebook: Rulebook) -> None:
    """Print what mails of words not heard before cost, in each language; the first third is not counted."""
    print(f"\n{'unheard (microseconds)':32}{'mails':>8}{'octets':>8}{'median':>8}{'dearest':>8}")
    for language in known_languages():
        for _ in lexicon(language).prepared():
            pass
        gc.collect()
        gc.freeze()  # as the gateway does once its words are read
        stream = unheard_mails(language)
        spent = []
        for raw in stream:
            start = time.process_time()
            judge(read(raw), rulebook, recipients=(mails.BUYER,))
            spent.append((time.process_time() - start) * 1e6)
        later = spent[len(spent) // 3 :]
        octets = statistics.mean(map(len, stream))
        print(f"  {language:30}{len(later):8}{octets:8.0f}{statistics.median(later):8.0f}{max(later):8.0f}")


def first_time(work: Callable[[T], object], things: list[T]) -> float:
    """The least processor time of `work` on one of `things`, each of which it is given once."""
    best = float("inf")
    for thing in things:
        start = time.process_time()
        work(thing)
        best = min(best, time.process_time() - start)
    return best * 1e6


def met_before(raw: bytes, rulebook: Rulebook) -> dict[str, float]:
    """The cost of each step for a mail that was met before; indented ones are parts of what follows them."""
    source = next(leaf.content.decode() for leaf in split(raw).leaves if leaf.content_type == "text/html")
    reading = read(raw)
    texts = [passage.text for passage in reading.mail.passages]
    return {
        "  mime": cost(lambda: split(raw)),
        "  html": cost(lambda: read_html(source)),
        "  quotations, signatures": cost(lambda: [stretches(text) for text in texts]),
        "  addresses in text": cost(lambda: [find_bare(text) for text in texts]),
        "read the mail": cost(lambda: read_mail(raw)),
        "find facts": cost(lambda: find_facts(reading.mail)),
        "  observe sentences": cost(lambda: observe(reading.mail)),
        "  observe, tell the purpose": cost(lambda: case_of(reading, rulebook, recipients=(mails.BUYER,))),
        "judge": cost(lambda: judge(reading, rulebook, recipients=(mails.BUYER,))),
        "read and judge": cost(lambda: judge(read(raw), rulebook, recipients=(mails.BUYER,))),
    }


def new(raw: bytes, rulebook: Rulebook) -> dict[str, float]:
    """The cost of the steps that depend on whether sentences were met before, for a mail of new ones."""
    made = [list(new_mails(raw))[at::3] for at in range(3)]  # what one step has heard is new to no other
    seen: list[Mail] = [read(one).mail for one in made[0]]
    readings: list[Reading] = [read(one) for one in made[1]]
    return {
        "  observe sentences": first_time(observe, seen),
        "judge": first_time(lambda one: judge(one, rulebook, recipients=(mails.BUYER,)), readings),
        "read and judge": first_time(
            lambda one: judge(read(one), rulebook, recipients=(mails.BUYER,)), made[2]
        ),
    }


def main() -> None:
    """Print the table."""
    keep_freed()  # as the gateway does
    rulebook = load("amazon-2018-10")
    columns: dict[str, dict[str, float]] = {}
    for name, raw in (("4 KB", mails.usual()), ("100 KB", mails.large())):
        columns[name] = met_before(raw, rulebook)
        columns[f"{name} new"] = new(raw, rulebook)
    print(f"{'step (microseconds)':32}" + "".join(f"{name:>12}" for name in columns))
    for step in columns["4 KB"]:
        figures = (column.get(step) for column in columns.values())
        print(f"{step:32}" + "".join(f"{'' if f is None else f'{f:.0f}':>12}" for f in figures))
    unheard(rulebook)


if __name__ == "__main__":
    main()
