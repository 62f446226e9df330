"""How well pictures, documents and other files are judged: `make judge`, or `make judge-files` alone.

Prints recall and false alarms by kind of file, the time that each took, and every misjudged file with
the words that decided. The files are made by tests/kit/gallery.py; `ARGS=KIND` judges those of one kind.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from gatepost.vision.pictures import warm
from gatepost_policies import load
from kit.gallery import Assessed, assess, gallery


def table(judged: list[Assessed], seconds: dict[str, list[float]]) -> None:
    kinds = list(dict.fromkeys(one.exhibit.kind for one in judged))
    head = f"{'kind':28s} {'files':>5s} {'right':>5s} {'share':>8s}   {'median':>7s} {'longest':>7s}"
    print(f"{head} (processor seconds)")
    for kind in kinds:
        group = [one for one in judged if one.exhibit.kind == kind]
        right, took = sum(one.right for one in group), sorted(seconds[kind])
        times = f"{took[len(took) // 2]:7.2f} {took[-1]:7.2f}"
        print(f"{kind:28s} {len(group):5d} {right:5d} {100 * right / len(group):6.1f} %   {times}")
    bad = [one for one in judged if one.exhibit.breaches]
    good = [one for one in judged if not one.exhibit.breaches]
    print()
    print(f"recall        {sum(one.right for one in bad)} of {len(bad)} files with a breach")
    print(f"false alarms  {sum(not one.right for one in good)} of {len(good)} ordinary files")
    print()


def misjudged(judged: list[Assessed]) -> None:
    for one in judged:
        if one.right:
            continue
        wanted = " or ".join(sorted(one.exhibit.breaches)) or "nothing"
        found = ", ".join(sorted(one.found)) or "nothing"
        print(f"{one.exhibit.kind}: {one.exhibit.name}: {wanted} wanted, {found} found")
        for finding in one.verdict.findings:
            if finding.category in one.found:
                print(f"   {finding.rule}: {' '.join((finding.evidence or finding.note).split())[:120]!r}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", nargs="?", default="", help="only files whose kind holds this word")
    parser.add_argument("--edition", default="amazon-2018-10")
    arguments = parser.parse_args()
    rulebook = load(arguments.edition)
    warm()
    judged: list[Assessed] = []
    seconds: dict[str, list[float]] = defaultdict(list)
    for exhibit in gallery():
        if arguments.kind not in exhibit.kind:
            continue
        start = time.process_time()
        judged.append(assess(exhibit, rulebook))
        seconds[exhibit.kind].append(time.process_time() - start)
    table(judged, seconds)
    misjudged(judged)
    return 0


if __name__ == "__main__":
    sys.exit(main())
