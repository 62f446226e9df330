from __future__ import annotations

from gatepost.store import Store
from gatepost.store.migrate import migrations
from kit.stores import relayed


async def test_a_store_says_how_it_stands_while_it_is_in_use(store: Store) -> None:
    await relayed(store)
    health = await store.examine()
    assert (health.sound, health.faults, health.private) == (True, (), True)
    assert health.schema == migrations()[-1].version
    assert health.size_bytes > 0
