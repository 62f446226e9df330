"""Fuzzes the targets with coverage as a guide: python -m fuzz.run [TARGET …] --seconds 60 [--keep].

What was found worth keeping is kept in var/fuzz/TARGET between runs; an input that breaks a property is left
in var/fuzz/broken and fails the run. `--keep` picks the smallest set of inputs that reach what all reach and
writes it to tests/fuzz/corpus. Needs atheris (`make fuzz` installs it).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).parent / "corpus"
WORK = ROOT / "var" / "fuzz"
MOST_KEPT = 24  # inputs of one target in the repository
LARGEST_KEPT = 6_000  # bytes of one of them
LONGEST = 4_096  # octets of an input that the fuzzer makes
SLOWEST_SECONDS = 20

WORDS = (
    *("\\x0d\\x0a", "\\x0d\\x0a.\\x0d\\x0a", "\\x0a.\\x0a", "\\x0d\\x0a\\x0d\\x0a", "\\x00", "\\x0d", "."),
    *(
        "FROM:<",
        "TO:<",
        "> SIZE=",
        " BODY=8BITMIME",
        " SMTPUTF8",
        " ORCPT=rfc822;",
        "PROXY TCP4 ",
        "PROXY TCP6 ",
    ),
    *("\\x0d\\x0a\\x0d\\x0a\\x00\\x0d\\x0aQUIT\\x0a", "\\x21\\x11\\x00\\x0c", "UNKNOWN", "127.0.0.1", "::1"),
    *("Content-Type: ", "multipart/mixed; boundary=b", "--b\\x0d\\x0a", "--b--", "text/html", "text/plain"),
    *(
        "message/rfc822",
        "Content-Transfer-Encoding: base64",
        "quoted-printable",
        "charset=utf-7",
        "charset*0*=",
    ),
    *(
        "=?utf-8?b?",
        "=?iso-2022-jp?q?",
        "?=",
        "filename*=utf-8''",
        "Subject: ",
        "From: ",
        "\\x1b$B",
        "\\xfe\\xff",
    ),
    *(
        "<a href=",
        "<style>",
        "display:none",
        "<!--[if mso]>",
        "<![endif]-->",
        "<table>",
        "&#x",
        "</p>",
        "<svg>",
    ),
    *(
        "112-1234567-1234567",
        "1Z5R89390357567127",
        "UPS ",
        "1 May 2026",
        "$5",
        "review",
        "http://",
        "www.a.com",
    ),
    *(
        "On 1 May 2026 a@b.c wrote:",
        "> ",
        "12 Main Street",
        "\\xe2\\x80\\xae",
        "\\xef\\xbc\\x8e",
        "five star",
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What one target's run came to."""

    target: str
    executions: int
    seconds: float
    coverage_before: int
    coverage: int
    broken: bool

    def line(self) -> str:
        """One line for the log."""
        return (
            f"fuzz {self.target:8} executions={self.executions} seconds={self.seconds:.0f} "
            f"coverage={self.coverage} new={self.coverage - self.coverage_before} broken={int(self.broken)}"
        )


def fuzz(target: str, seconds: float) -> Found:
    """Fuzz one target in a process of its own."""
    work, broken = WORK / target, WORK / "broken"
    for folder in (work, broken, CORPUS / target):
        folder.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with tempfile.NamedTemporaryFile("w", suffix=".dict") as words:
        words.write("".join(f'"{word}"\n' for word in WORDS))
        words.flush()
        ended = _child(
            target,
            *(f"-max_total_time={seconds:.0f}", f"-max_len={LONGEST}", f"-timeout={SLOWEST_SECONDS}"),
            *("-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={broken}/{target}-"),
            *(f"-dict={words.name}", str(work), str(CORPUS / target)),
        )
    log = ended.stderr
    coverage = [int(number) for number in re.findall(r" cov: (\d+)", log)] or [0]
    executed = re.findall(r"stat::number_of_executed_units:\s*(\d+)", log) or re.findall(
        r"^#(\d+)", log, re.M
    )
    if ended.returncode:
        print(ended.stdout[-4_000:] + log[-4_000:], flush=True)
    return Found(
        target,
        int(executed[-1]) if executed else 0,
        time.monotonic() - start,
        coverage[0],
        coverage[-1],
        bool(ended.returncode),
    )


def keep(target: str) -> int:
    """Write the few inputs that reach what all do to the repository's corpus; how many there are."""
    with tempfile.TemporaryDirectory() as folder:
        itself, few = Path(folder, "itself"), Path(folder, "few")
        few.mkdir()
        itself.write_text(f'#!/bin/sh\nexec {sys.executable} -m fuzz.child {target} "$@"\n')
        itself.chmod(0o700)
        places = (str(few), str(WORK / target), str(CORPUS / target))
        _child(target, "-set_cover_merge=1", *places, FUZZ_ITSELF=str(itself))
        paths = [path for path in few.iterdir() if path.stat().st_size <= LARGEST_KEPT]
        paths.sort(key=lambda path: (path.stat().st_size, path.name))
        step = max(1.0, len(paths) / MOST_KEPT)
        chosen = [paths[int(number * step)] for number in range(min(MOST_KEPT, len(paths)))]
        shutil.rmtree(CORPUS / target)
        (CORPUS / target).mkdir()
        for path in chosen:
            shutil.copyfile(path, CORPUS / target / path.name[:16])
    return len(chosen)


def _child(target: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fuzz.child", target, *arguments],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def main() -> int:
    """Fuzz the targets named, or all, each for so many seconds; 1 when a property was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--keep", action="store_true", help="write the corpus of the repository anew")
    given = parser.parse_args()
    all_found = []
    for target in given.targets or TARGETS:
        found = fuzz(target, given.seconds)
        all_found.append(found)
        kept = f" kept={keep(target)}" if given.keep else ""
        print(found.line() + kept, flush=True)
    executions, seconds = sum(each.executions for each in all_found), sum(each.seconds for each in all_found)
    broken = sum(each.broken for each in all_found)
    print(f"fuzz total    executions={executions} hours={seconds / 3600:.2f} broken={broken}")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
