"""The child that looks: within time and memory, and remembered."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

pytest.importorskip("rapidocr", reason="gatepost[vision] is not installed")

from gatepost.config.schema import Vision
from gatepost.vision import eyes as module
from gatepost.vision.eyes import MISSING, SWITCHED_OFF, TOO_MUCH, Eyes
from gatepost_policies.facts import Unseen
from kit import pictures

LINK = "https://lampshop.example/welcome"
PATIENT = Vision(seconds=120)


def file(content: bytes, name: str = "a.png") -> Unseen:
    return Unseen(name, "1", hashlib.sha256(content).hexdigest(), content)


@pytest.fixture
async def eyes() -> AsyncIterator[Eyes]:
    made = Eyes(PATIENT)
    yield made
    await made.close()


async def test_files_are_seen_and_remembered(eyes: Eyes) -> None:
    both = [file(pictures.code(LINK)), file(b"%PDF-1.7 broken", "b.pdf")]
    first = await eyes.see(both)
    assert (first[0].seen.codes, first[1].seen.unread) == ((LINK,), "the PDF is broken")
    await eyes.close()
    again = await eyes.see(both[:1])
    assert again[0].seen.codes == (LINK,)


async def test_more_files_than_are_read_are_said_to_be_unread() -> None:
    eyes = Eyes(Vision(seconds=120, files=1))
    try:
        sights = await eyes.see([file(pictures.code(LINK)), file(pictures.code(LINK + "2"))])
        assert [bool(sight.seen.unread) for sight in sights] == [False, True]
    finally:
        await eyes.close()


async def test_over_its_time_a_file_is_unread() -> None:
    eyes = Eyes(Vision(seconds=0.001))
    try:
        [sight] = await eyes.see([file(pictures.code(LINK))])
        assert sight.seen == TOO_MUCH
    finally:
        await eyes.close()


async def test_a_child_that_dies_costs_its_file_only(eyes: Eyes) -> None:
    await eyes.see([file(pictures.code(LINK))])
    eyes._child.kill()
    [sight] = await eyes.see([file(pictures.code(LINK + "x"))])
    assert sight.seen.codes == (LINK + "x",)


async def test_without_the_libraries_every_file_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIBRARIES", ("no_such_library",))
    assert [sight.seen for sight in await Eyes(PATIENT).see([file(b"x")])] == [MISSING]


async def test_switched_off_every_file_is_unread() -> None:
    assert [sight.seen for sight in await Eyes(Vision(enabled=False)).see([file(b"x")])] == [SWITCHED_OFF]
