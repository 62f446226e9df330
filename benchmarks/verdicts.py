"""Whether this engine judges as another one does: `python benchmarks/verdicts.py --against main`.

Every mail and sentence that the tests keep, every example of every rule, and every mail of the collections
named besides, is judged by both editions with the engine here and with the one of the other revision. The
words and rules are those of the working tree in both, so that only the engine differs. Prints how many
verdicts there are, and each that is not the same to the last character; ends with 1 if there is one.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from gatepost_policies import judge, load, read
from gatepost_policies.selftest import mail_of, run
from kit.labelled import BUYER, labels
from kit.labelled import mail_of as labelled_mail

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "policies"
POLICIES = Path("policies") / "gatepost_policies"
SAME = ("data", "packs")
EDITIONS = ("amazon-2018-10", "amazon-2020-11")


def mails(collections: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Name and octets of every mail to be judged."""
    for folder in (CASES / "corpus", ROOT / "docs" / "examples"):
        for path in sorted(folder.rglob("*.eml")):
            yield str(path.relative_to(ROOT)), path.read_bytes()
    for path in (CASES / "unseen", CASES / "hard", *collections):
        for number, label in enumerate(labels(path)):
            yield f"{path.name}:{number}", labelled_mail(label)
    for path in (*sorted((CASES / "sentences").glob("*.jsonl")), *sorted((CASES / "cases").glob("*.yaml"))):
        for number, text in enumerate(_texts(path)):
            yield f"{path.name}:{number}", _mail(text)


def _texts(path: Path) -> Iterator[str]:
    for line in path.read_text("utf-8").splitlines():
        if path.suffix == ".jsonl":
            yield json.loads(line)["text"]
        elif line.lstrip().startswith("- "):
            yield line.lstrip()[2:]


def _mail(text: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "s@shop.example", "k3v9x2m7q4w8z1p@marketplace.amazon.com"
    mail["Subject"] = "Your order 111-5590128-6647730"
    mail.set_content(text + "\n")
    return mail.as_bytes(policy=SMTP)


def judge_all(collections: list[Path]) -> None:
    """Print one line of JSON a verdict: its name, and all that it says."""
    for edition in EDITIONS:
        rulebook = load(edition)
        for name, raw in mails(collections):
            said = asdict(judge(read(raw), rulebook, recipients=(BUYER,)))
            print(json.dumps([f"{edition} {name}", said], default=str))
        for result in run(rulebook):
            print(json.dumps([f"{edition} {result.rule} {result.line} {result.say}", result.why]))
        for rule in rulebook.rules:
            for examples in (*rule.violates.values(), *rule.complies.values()):
                for example in examples:
                    said = asdict(judge(read(mail_of(example)), rulebook, recipients=(BUYER,)))
                    print(json.dumps([f"{edition} {rule.id} {example.line} in full", said], default=str))


def verdicts_of(policies: Path, collections: list[Path]) -> list[tuple[str, str]]:
    """What the engine in a folder says of all of them."""
    command = [sys.executable, __file__, "--print", *map(str, collections)]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(policies)}, stdout=subprocess.PIPE, check=True
    )
    return [(one[0], json.dumps(one[1])) for one in map(json.loads, done.stdout.splitlines())]


def unpacked(revision: str, folder: Path) -> Path:
    """The engine of a revision, with the words and rules of here."""
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", revision, "policies"], stdout=subprocess.PIPE, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")
    for name in SAME:
        shutil.rmtree(folder / POLICIES / name)
        shutil.copytree(ROOT / POLICIES / name, folder / POLICIES / name)
    return folder / "policies"


def main(revision: str, collections: list[Path]) -> int:
    """Compare; 0 when all are the same."""
    with tempfile.TemporaryDirectory() as folder:
        theirs = verdicts_of(unpacked(revision, Path(folder)), collections)
    ours = verdicts_of(ROOT / "policies", collections)
    others = [(name, was, now) for (name, was), (_, now) in zip(theirs, ours, strict=True) if was != now]
    for name, was, now in others:
        print(f"{name}\n  was {was}\n  is  {now}")
    print(f"{len(ours)} verdicts, {len(others)} of them other than those of {revision}")
    return 1 if others else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", default="HEAD", help="a revision of the engine")
    parser.add_argument("--print", action="store_true", help="print the verdicts of the engine on the path")
    parser.add_argument("collections", nargs="*", type=Path, help="labelled mails besides those of the tests")
    options = parser.parse_args()
    if options.print:
        judge_all(options.collections)
    else:
        sys.exit(main(options.against, options.collections))
