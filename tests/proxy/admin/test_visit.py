from __future__ import annotations

from gatepost.admin.visit import MAX_NOTES, Note, Notes
from kit.site import OWN, TestSite


def test_a_note_is_shown_once() -> None:
    notes = Notes()
    notes.leave("s", Note("good", "Done."))

    assert [note.text for note in notes.take("s")] == ["Done."]
    assert notes.take("s") == []


def test_notes_are_bounded_and_the_oldest_go() -> None:
    notes = Notes()
    for number in range(MAX_NOTES + 1):
        notes.leave(str(number), Note("good", "x"))

    assert notes.take("0") == []
    assert len(notes.take("1")) == 1


async def test_a_note_is_for_its_own_session_only(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as one, site.logged_in("otto") as other:
        await one.post("/mail/held1/reject", headers=OWN)
        theirs, own = (await other.get("/queue")).text, (await one.get("/queue")).text

    assert "Rejected." not in theirs
    assert "Rejected." in own


async def test_every_page_warns_while_only_answers_go_out(site: TestSite) -> None:
    async with site.logged_in() as client:
        assert "Only answers to buyers go out." not in (await client.get("/queue")).text
        await site.store.breaker.trip(by="Amazon", reason="restricted <b>now</b>")
        for path in ("/queue", "/overview"):
            page = (await client.get(path)).text
            assert "Only answers to buyers go out." in page
            assert "restricted &lt;b&gt;now&lt;/b&gt;" in page
        await site.store.breaker.reset(by="ann", reason="over")
        assert "Only answers to buyers go out." not in (await client.get("/queue")).text
    async with site.client() as stranger:
        await site.store.breaker.trip(by="Amazon", reason="restricted")
        assert "Only answers" not in (await stranger.get("/login")).text
