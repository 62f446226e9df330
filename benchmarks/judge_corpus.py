"""How well mails of labelled collections are judged: `make judge`, or `make judge ARGS=PATH`.

Prints recall, false alarms and confusion by category and by language, and every misjudged mail with
the words that decided. Without a path, the collections kept beside the tests are judged; how a
collection is written stands in tests/kit/labelled.py.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from kit.labelled import UNSEEN, Judged, judged


def share(part: int, whole: int) -> str:
    return (
        f"{part:4d} of {whole:4d}  {100 * part / whole:6.1f} %"
        if whole
        else f"{part:4d} of {whole:4d}        –"
    )


def totals(mails: list[Judged]) -> None:
    clear = [mail for mail in mails if not mail.ambiguous]
    for name, group in (("clear", clear), ("ambiguous", [mail for mail in mails if mail.ambiguous])):
        bad = [mail for mail in group if mail.violates]
        good = [mail for mail in group if not mail.violates]
        print(f"{name}: violations stopped          {share(sum(bool(m.found) for m in bad), len(bad))}")
        print(f"{name}: with a right category       {share(sum(m.right for m in bad), len(bad))}")
        print(f"{name}: with exactly the categories {share(sum(m.exact for m in bad), len(bad))}")
        print(f"{name}: permitted mails stopped     {share(sum(bool(m.found) for m in good), len(good))}")
        print()


def by_category(mails: list[Judged]) -> None:
    names = sorted({name for mail in mails for name in mail.expected | mail.found})
    print(f"{'category':24s} {'found':>6s} {'missed':>6s} {'extra':>6s}  taken for")
    for name in names:
        hit = sum(name in m.expected & m.found for m in mails)
        missed = [m for m in mails if name in m.expected - m.found]
        extra = sum(name in m.found - m.expected for m in mails)
        taken = Counter(other for m in missed for other in (m.found - m.expected or {"nothing"}))
        others = ", ".join(f"{other} {count}" for other, count in taken.items())
        print(f"{name:24s} {hit:6d} {len(missed):6d} {extra:6d}  {others}")
    print()


def by_language(mails: list[Judged]) -> None:
    print(f"{'language':10s} {'violations right':>24s}   {'permitted stopped':>22s}   language told")
    for language in sorted({mail.label["lang"] for mail in mails}):
        group = [mail for mail in mails if mail.label["lang"] == language]
        bad = [mail for mail in group if mail.violates]
        good = [mail for mail in group if not mail.violates]
        told = sum(mail.verdict.language == language for mail in group)
        print(
            f"{language:10s} {share(sum(m.right for m in bad), len(bad)):>24s}   "
            f"{share(sum(bool(m.found) for m in good), len(good)):>22s}   {told} of {len(group)}"
        )
    print()


def misjudged(mails: Iterable[Judged]) -> None:
    for mail in mails:
        if mail.exact:
            continue
        note = " (ambiguous)" if mail.ambiguous else ""
        print(f"{mail.label.get('id', '?')} {mail.label['lang']} {mail.label['verdict']}{note}")
        if missing := mail.expected - mail.found:
            print(f"   missed: {', '.join(sorted(missing))}")
        for finding in mail.verdict.findings:
            if finding.category in mail.found - mail.expected:
                words = " ".join(finding.evidence.split())[:120]
                print(f"   extra:  {finding.category} ({finding.rule}): {words!r}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "path", type=Path, nargs="?", default=UNSEEN, help="labelled mails: JSON lines, YAML, a folder"
    )
    parser.add_argument("--edition", default="amazon-2018-10")
    parser.add_argument("--language", default="", help="only mails in this language")
    arguments = parser.parse_args()
    mails = list(judged(arguments.path, arguments.edition))
    mails = [mail for mail in mails if arguments.language in ("", mail.label["lang"])]
    totals(mails)
    by_category(mails)
    by_language(mails)
    misjudged(mails)
    return 0


if __name__ == "__main__":
    sys.exit(main())
