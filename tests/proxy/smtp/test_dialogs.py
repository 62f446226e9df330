"""Whole dialogues, as scripts in `dialogs/`.

`c:` sends a line, `raw:` sends octets with Python's escapes, `s:` hears one reply and compares the start of
its last line, `closed` is the end of the connection, `mails:` the number of mails handed over, `recipients:`
those of the last one. Before the first of these, `trusted: no` and `limits: {…}` set the scene.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.intake import NOBODY, TRUSTED, House, running, smtp_config
from kit.smtp_client import Client, connected

SCRIPTS = sorted(Path(__file__).with_name("dialogs").glob("*.txt"))


def steps(script: Path) -> Iterator[tuple[str, str]]:
    for line in script.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, rest = line.partition(":")
            yield word, rest[1:]


async def play(step: tuple[str, str], client: Client, house: House) -> None:
    match step:
        case "c", line:
            client.send(line, b"\r\n")
        case "raw", escaped:
            client.send(escaped.encode("latin-1").decode("unicode_escape").encode("latin-1"))
        case "s", start:
            heard = await client.hear()
            assert heard.lines[-1].startswith(start), (step, heard)
        case "closed", _:
            assert await client.is_closed()
        case "mails", count:
            assert len(house.messages) == int(count)
        case "recipients", addresses:
            assert list(house.messages[-1].envelope.rcpt_tos) == addresses.split()
        case "trusted" | "limits", _:
            pass
        case _:
            raise AssertionError(f"no such step: {step}")


async def perform(script: Path) -> None:
    scene = dict(step for step in steps(script) if step[0] in ("trusted", "limits"))
    trusted = NOBODY if scene.get("trusted") == "no" else TRUSTED
    config = smtp_config(trusted=trusted, limits=json.loads(scene.get("limits", "{}")))
    async with running(config) as house, connected(house.port) as client:
        assert (await client.hear()).lines[0].startswith("220 gate.example ")
        for step in steps(script):
            await play(step, client, house)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
async def test_the_dialogue_goes_as_written(script: Path) -> None:
    await perform(script)


@pytest.mark.parametrize("lines", ["c: NOOP\ns: 550", "c: QUIT\ns: 221\nclosed\nmails: 1", "whistle: x"])
async def test_a_dialogue_that_goes_otherwise_is_seen(tmp_path: Path, lines: str) -> None:
    script = tmp_path / "wrong.txt"
    script.write_text(lines)
    with pytest.raises(AssertionError):
        await perform(script)
