from __future__ import annotations

from gatepost.admin.pages.mail import TURN
from gatepost.directory import Scope
from gatepost.model import MessageId
from gatepost.ports import Captured
from kit.messages import AT, BUYER
from kit.program import program
from kit.site import TestSite, held, raw_of

PARTS = (
    b"From: a@shop.example\r\nSubject: Order\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    b'<p>See <a href="http://shop.example/x">us</a></p><p style="display:none">psst</p>\r\n'
    b"--b\r\nContent-Type: application/pdf\r\n"
    b'Content-Disposition: attachment; filename="a\x22b.pdf"\r\n\r\n%PDF-1.4\r\n--b--\r\n'
)


async def capture(site: TestSite, id: str) -> None:
    await site.store.captures.capture(Captured(MessageId(id), AT, "a@shop.example", (BUYER,), raw_of(id)))


async def test_a_mail_is_told_as_it_is_read(site: TestSite) -> None:
    await site.keep(held("held1", site.clock.now()), PARTS)
    async with program(site, Scope.READ) as client:
        told = (await client.get("messages/held1/words")).json()
        file = await client.get("messages/held1/files/0")
        missing = [
            (await client.get(f"messages/{path}")).status_code
            for path in ("held1/files/1", "held1/files/-1", "held1/files/x", "none/words", "none/files/0")
        ]

    assert "See us" in " ".join(each["text"] for each in told["passages"])
    assert [(link["host"], link["shown"]) for link in told["links"]] == [("shop.example", "us")]
    assert [each["text"] for each in told["hidden"]] == ["psst"]
    assert [each["detected_type"] for each in told["files"]] == ["application/pdf"]
    assert (file.content.strip(), file.headers["content-type"]) == (b"%PDF-1.4", "application/octet-stream")
    assert file.headers["content-disposition"].startswith("attachment")
    assert missing == [404] * 5


async def test_the_history_of_a_mail_names_who_did_what_and_who_is_at_it(site: TestSite) -> None:
    await site.hold()
    await site.store.review.see(MessageId("held1"), by="rita", turn=TURN)
    async with program(site, Scope.REVIEW) as client:
        await client.post("messages/held1/wrong", json={"rule": "p4-marketing"})
        told = (await client.get("messages/held1/history")).json()
        none = await client.get("messages/none/history")

    assert (told["turn"]["by"], told["seen"][0]["by"]) == ("rita", "rita")
    assert [(deed["by"], deed["what"]) for deed in told["deeds"]] == [("pat", "finding.called-wrong")]
    assert none.status_code == 404


async def test_captured_mails_are_listed_and_read(site: TestSite) -> None:
    for number in range(51):
        await capture(site, f"c{number:02}")
    async with program(site, Scope.READ) as client:
        first = (await client.get("captured")).json()
        second = (await client.get("captured?page=2")).json()
        told = (await client.get("captured/c00/words")).json()
        source = await client.get("captured/c00/source")
        gone = [(await client.get(f"captured/none/{what}")).status_code for what in ("words", "source")]
        bad = (await client.get("captured?page=0")).status_code

    assert (len(first["captured"]), first["next"], len(second["captured"]), second["next"]) == (
        50,
        2,
        1,
        None,
    )
    assert first["captured"][0]["recipients"] == [BUYER]
    assert "20% off" in " ".join(each["text"] for each in told["passages"])
    assert (source.content, source.headers["content-type"]) == (raw_of("c00"), "message/rfc822")
    assert (gone, bad) == ([404, 404], 422)
