"""How many violating sentences are still found when they are disguised: `make evasions`.

Every violating sentence of tests/policies/cases is written in each of the ways of kit.evasions, read
and judged as mail. Prints the share found with the right category, by disguise and by language.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import yaml

from gatepost_policies import judge, load, read

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.insert(0, str(TESTS))

from kit.evasions import BUYER, EVASIONS  # noqa: E402  the kit lies beside the tests


def main() -> int:
    rulebook = load()
    found: Counter[tuple[str, str]] = Counter()
    told: Counter[str] = Counter()
    for path in sorted((TESTS / "policies" / "cases").glob("*.yaml")):
        for heading, says in yaml.safe_load(path.read_text("utf-8")).items():
            if heading in ("permitted", "neutral ask"):
                continue
            wanted = set(heading.split())
            for say in says:
                told[path.stem[:2]] += 1
                for name, disguise in EVASIONS.items():
                    verdict = judge(read(disguise(say)), rulebook, recipients=(BUYER,))
                    if wanted & {finding.category for finding in verdict.findings}:
                        found[name, path.stem[:2]] += 1
    languages = sorted(told)
    print(f"{'':28s}" + "".join(f"{language:>7s}" for language in languages) + "    all")
    for name in EVASIONS:
        shares = [100 * found[name, language] / told[language] for language in languages]
        total = 100 * sum(found[name, language] for language in languages) / sum(told.values())
        print(f"{name:28s}" + "".join(f"{share:7.1f}" for share in shares) + f"{total:7.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
