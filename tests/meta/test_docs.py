"""The operator's pages say what is true: every key, every command, every link, every example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from gatepost.config import load
from gatepost.config.reference import table
from gatepost_policies import selftest
from gatepost_policies.rulebook import load as load_rules
from kit.command import command

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"^(?:sudo )?gatepost((?: [a-z][a-z-]*)+)", re.MULTILINE)


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_the_reference_is_that_of_the_schema() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert table() in page, "write it anew: python -m gatepost.config.reference"


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_command_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    said = {tuple(words.split()) for words in re.findall(r"`(?:sudo )?gatepost((?: [a-z][a-z-]*)+)", text)}
    said |= {
        tuple(words.split()) for words in COMMAND.findall(re.sub(r"^ {4}", "", text, flags=re.MULTILINE))
    }
    families = {"quarantine", "reviews", "policy", "user", "token", "config", "audit"}
    words = {each[:2] if each[0] in families else each[:1] for each in said}
    assert [each for each in sorted(words) if command(*each, "--help").status != 0] == []


def yaml_blocks() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        blocks = re.findall(
            r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
        found += [(f"{ids(page)}-{number}", block) for number, block in enumerate(blocks)]
    return [(name, block) for name, block in found if isinstance(yaml.safe_load(block), dict)]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, id=name)
        for name, block in yaml_blocks()
        if {"smtp", "relay", "policy", "store", "delivery"} & set(yaml.safe_load(block))
    ],
)
def test_every_configuration_in_the_docs_loads(block: str, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(block, encoding="utf-8")
    assert load(tmp_path / "c.yaml", {}).file == tmp_path / "c.yaml"


def test_the_example_rules_load_and_pass_their_own_examples() -> None:
    rulebook = load_rules(folders=[ROOT / "config" / "rules.d"])
    results = [result for result in selftest.run(rulebook) if result.rule == "own-newsletter"]
    assert len(results) == 4
    assert [result.why for result in results if not result.passed] == []
    assert rulebook.rule("g1-hidden-text").action.word == "reject"
