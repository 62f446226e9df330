from __future__ import annotations

from gatepost.store import Store
from kit.ports import StillClock


async def test_a_setting_is_kept_with_who_set_it_and_what_was_before(store: Store, clock: StillClock) -> None:
    await store.settings.put("policy.modes", {"style": "off"}, by="rita", before={})
    setting = (await store.settings.all())["policy.modes"]
    (deed,) = await store.audit.list(subject="policy.modes")

    assert (setting.value, setting.by, setting.at) == ({"style": "off"}, "rita", clock.now())
    assert (deed.what, deed.details) == ("setting.set", {"from": "{}", "to": '{"style": "off"}'})


async def test_a_setting_is_replaced_and_dropped(store: Store) -> None:
    await store.settings.put("a", 1, by="rita")
    await store.settings.put("a", 2, by="rita", before=1)

    assert (await store.settings.all())["a"].value == 2
    assert await store.settings.drop("a", by="rita", before=2)
    assert not await store.settings.drop("a", by="rita")
    assert await store.settings.all() == {}
