from __future__ import annotations

from gatepost.store import Store
from kit.ports import StillClock


async def test_the_last_words_of_a_language_count(store: Store, clock: StillClock) -> None:
    await store.own_letters.put("de", "delay: {}", by="ada")
    clock.pass_by(hours=1)
    await store.own_letters.put("de", "delay: {x: 1}", by="eve")
    await store.own_letters.put("en", "delay: {}", by="ada")
    kept = await store.own_letters.all()
    assert set(kept) == {"de", "en"}
    assert (kept["de"].words, kept["de"].by, kept["de"].at) == ("delay: {x: 1}", "eve", clock.now())


async def test_words_that_are_dropped_are_gone_and_the_trail_knows(store: Store) -> None:
    await store.own_letters.put("de", "delay: {}", by="ada")
    assert await store.own_letters.drop("de", by="eve")
    assert not await store.own_letters.drop("de", by="eve")
    assert await store.own_letters.all() == {}
    assert [(deed.by, deed.what, deed.subject) for deed in await store.audit.list()] == [
        ("eve", "letters.drop", "de"), ("ada", "letters.set", "de"),
    ]  # fmt: skip
