"""Judging with what files say: what pictures show, what goes unread, what is too long for the loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from email.message import EmailMessage

import pytest

from gatepost.config.schema import Policy, Unread, Vision
from gatepost.model import Judgement
from gatepost.vision import eyes as vision
from gatepost.vision.eyes import TOO_MUCH, Eyes, Sight
from gatepost.vision.seen import Seen
from gatepost.worker import Judging, Rulebooks, Sources
from gatepost.worker.child import Child
from gatepost_policies.facts import Unseen
from gatepost_policies.known import Known, KnownOrder
from gatepost_policies.model import Action
from kit.messages import BUYER, ORDER, message

LOGO = Seen(in_pictures="Lamp Shop\nwww.lampshop.com")
PLEA = Seen(words="Leave us a 5 star review and get a $10 gift card.")
PIXEL = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + b"\0\0\0\x01" * 2 + bytes(30)
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + b"\0\0\1\0" * 2 + bytes(30)
POLICY = Policy(judge_seconds=60)


class ToldEyes:
    """Says of every file what the test tells."""

    def __init__(self, told: Seen) -> None:
        self.told, self.asked = told, 0

    async def see(self, files: Sequence[Unseen]) -> list[Sight]:
        self.asked += len(files)
        return [Sight(file, self.told) for file in files]


class ToldOrders:
    """Order data as the test has it."""

    def __init__(self, told: Known) -> None:
        self.told = told

    async def known(self, orders: Sequence[str], buyers: Sequence[str] = ()) -> Known:
        return self.told


@pytest.fixture
async def child() -> AsyncIterator[Child]:
    made = Child(POLICY)
    yield made
    await made.close()


def with_file(
    content: bytes = PICTURE,
    *,
    say: str = "Your lamp has been repaired and comes back to you by post.",
    subtype: str = "png",
) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "help@shop.example", BUYER, f"Order {ORDER}"
    mail.set_content(say)
    mail.add_attachment(content, maintype="image", subtype=subtype, filename=f"a.{subtype}")
    return mail.as_bytes()


async def judged(
    raw: bytes, sources: Sources, child: Child, *, heavy_bytes: int = POLICY.heavy_bytes
) -> Judgement:
    judging = Judging(Rulebooks(POLICY), child, heavy_bytes=heavy_bytes, sources=sources)
    return await judging.judge(message(raw=raw))


def found(judgement: Judgement) -> set[str]:
    assert judgement.verdict is not None
    return {finding.rule for finding in judgement.verdict.findings if finding.acts}


async def test_what_a_picture_shows_is_found(child: Child) -> None:
    judgement = await judged(with_file(), Sources(eyes=ToldEyes(LOGO)), child)
    assert {"p1-external-link", "p3-linked-logo"} <= found(judgement)
    assert judgement.verdict is not None
    assert judgement.verdict.action is Action.REJECT
    assert child._process.pid is None  # judged here: files count for nothing


async def test_a_heavy_mail_is_judged_with_its_orders_and_its_files(child: Child) -> None:
    other = Known(loaded=True, orders=(KnownOrder(id=ORDER, buyer="another@marketplace.amazon.com"),))
    sources = Sources(orders=ToldOrders(other), eyes=ToldEyes(LOGO))
    heavy = found(await judged(with_file(), sources, child, heavy_bytes=10))
    assert {"o1-wrong-order-id", "p3-linked-logo"} <= heavy
    assert heavy == found(await judged(with_file(), sources, child))


@pytest.mark.parametrize("heavy_bytes", [10, 1 << 20], ids=["in the child", "here"])
@pytest.mark.parametrize(
    ("unread", "rules"),
    [(Unread.HOLD, {"g1-unread-file"}), (Unread.PASS, set())],
    ids=["hold", "pass"],
)
async def test_a_file_that_can_not_be_read_in_time_holds_or_passes_as_the_admin_says(
    unread: Unread, rules: set[str], heavy_bytes: int, child: Child
) -> None:
    sources = Sources(eyes=ToldEyes(TOO_MUCH), unread=unread)
    judgement = await judged(with_file(), sources, child, heavy_bytes=heavy_bytes)
    assert found(judgement) == rules
    assert judgement.verdict is not None
    assert judgement.verdict.action is (Action.QUARANTINE if rules else Action.RELAY)


async def test_what_a_file_says_counts_although_more_of_it_went_unread(child: Child) -> None:
    sources = Sources(eyes=ToldEyes(Seen(words=PLEA.words, unread="it has more pages")), unread=Unread.PASS)
    assert "d4h-compensation" in found(await judged(with_file(), sources, child))


async def test_a_small_file_that_says_much_is_judged_in_the_child(child: Child) -> None:
    much = Seen(words=f"{PLEA.words}\n" + "The lamp is guaranteed for two years. " * 1_000)
    assert "d4h-compensation" in found(await judged(with_file(), Sources(eyes=ToldEyes(much)), child))
    assert child._process.pid is not None


async def test_a_long_text_is_judged_in_the_child_and_a_large_file_is_not(child: Child) -> None:
    eyes = Sources(eyes=ToldEyes(Seen()))
    await judged(with_file(PICTURE + bytes(200_000)), eyes, child)
    assert child._process.pid is None
    long = "The lamp is guaranteed for two years. " * 1_000
    assert found(await judged(with_file(say=long), eyes, child)) == set()
    assert child._process.pid is not None


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        pytest.param(PIXEL, set(), id="a spacer passes"),
        pytest.param(PICTURE, {"g1-unread-file"}, id="a picture is held"),
    ],
)
async def test_without_vision_only_what_can_carry_a_word_is_held(
    content: bytes, rules: set[str], child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vision, "LIBRARIES", ("no_such_library",))
    sources = Sources(eyes=Eyes(Vision()))
    assert found(await judged(with_file(content), sources, child)) == rules


async def test_mail_without_files_asks_nobody(child: Child) -> None:
    eyes = ToldEyes(LOGO)
    mail = EmailMessage()
    mail["To"], mail["Subject"] = BUYER, f"Order {ORDER}"
    mail.set_content("Your lamp has been repaired.")
    assert found(await judged(mail.as_bytes(), Sources(eyes=eyes), child)) == set()
    assert eyes.asked == 0
