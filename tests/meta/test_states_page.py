"""docs/states.md says what states.py does."""

from __future__ import annotations

import re
from pathlib import Path

from gatepost.model import ClaimState, MessageState
from gatepost.states import CLAIM, FREE, KEEPS_RAW, MESSAGE, claim_after

PAGE = (Path(__file__).parents[2] / "docs" / "states.md").read_text(encoding="utf-8")


def drawn(number: int) -> set[tuple[str, str]]:
    """The arrows of a diagram."""
    diagram = re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)[number]
    arrows = re.findall(r"^ +(\S+) --> (\w+)", diagram, re.MULTILINE)
    return {(source.replace("_", "-"), target.replace("_", "-")) for source, target in arrows}


def rows(heading: str) -> dict[str, list[str]]:
    """The table that begins with this heading, by its first column."""
    table = re.search(rf"^\| {heading} \|.*?(?=\n\n)", PAGE, re.DOTALL | re.MULTILINE)
    assert table
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()[2:]]
    return {cells[0]: cells[1:] for cells in lines}


def test_the_message_diagram_is_the_message_table() -> None:
    table = {(old.value, new.value) for old, nexts in MESSAGE.items() for new in nexts}
    assert {arrow for arrow in drawn(0) if arrow[0] != "[*]"} == table


def test_the_claim_diagram_is_the_claim_table() -> None:
    table = {(old.value, new.value) for old, nexts in CLAIM.items() for new in nexts}
    assert {arrow for arrow in drawn(1) if arrow[0] != "[*]"} == table


def test_each_message_state_is_explained_with_its_bytes_and_claims() -> None:
    explained = rows("state")
    assert set(explained) == {state.value for state in MessageState}
    for state in MessageState:
        _, kept, claims = explained[state.value]
        after = claim_after(state)
        assert bool(kept) == (state in KEEPS_RAW), state
        assert claims == (after.value if after else ""), state


def test_what_stands_in_the_way_of_a_request_is_named() -> None:
    blocking = {state.value for state in ClaimState} - {state.value for state in FREE}
    sentence = re.search(r"^An order without a row is free\. (.*?) stand in the way", PAGE, re.MULTILINE)
    assert sentence
    assert set(re.findall(r"`([\w-]+)`", sentence[1])) == blocking
