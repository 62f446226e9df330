"""The judge port over the real engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gatepost.config.schema import Policy
from gatepost.errors import ConfigError, JudgeError, StoreError
from gatepost.ports import Standing
from gatepost.worker import Judging, PatientJudge, Rulebooks, Sources
from gatepost.worker.child import MAX_WAITING, Child
from gatepost.worker.patient import MAX_WAITING as PATIENT_WAITING
from gatepost_policies.known import Known, KnownOrder
from gatepost_policies.model import Action
from kit.messages import BUYER, ORDER, message
from kit.submit import mail

LINK = "The manual is in our shop: www.lamp-shop.com/manual\r\n"


@dataclass
class ToldOrders:
    """Order data as the test has it, or the failure of looking it up."""

    told: Known | Exception
    asked: list[tuple[Sequence[str], Sequence[str]]] = field(default_factory=list)

    async def known(self, orders: Sequence[str], buyers: Sequence[str] = ()) -> Known:
        self.asked.append((orders, buyers))
        if isinstance(self.told, Exception):
            raise self.told
        return self.told


def judging_by(orders: ToldOrders, policy: Policy | None = None) -> Judging:
    policy = policy or Policy()
    return Judging(Rulebooks(policy), Child(policy), heavy_bytes=1 << 20, sources=Sources(orders))


def judging(policy: Policy, *, heavy_bytes: int = 1 << 20) -> tuple[Judging, Child]:
    child = Child(policy)
    return Judging(Rulebooks(policy), child, heavy_bytes=heavy_bytes), child


async def test_mail_without_a_buyer_is_not_read() -> None:
    judge, _ = judging(Policy())
    judged = await judge.judge(message(raw=mail(LINK), to=["someone@example.org"]))
    assert (judged.verdict, judged.subject) == (None, "")


async def test_a_mail_to_a_buyer_and_a_colleague_gets_a_verdict() -> None:
    judge, _ = judging(Policy())
    judged = await judge.judge(message(raw=mail(LINK), to=["boss@shop.example", BUYER]))
    assert judged.buyers == (BUYER,)
    assert judged.verdict is not None
    assert judged.verdict.action is Action.REJECT


async def test_subject_and_sender_are_there_for_the_lists() -> None:
    judge, _ = judging(Policy())
    judged = await judge.judge(message(raw=mail()))
    assert (judged.subject, judged.sender) == ("Your order 112-1234567-1234567", "help@shop.example")


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: message/rfc822\r\n\r\n" * 60,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1_100 + b"--b--\r\n",
    ],
    ids=["deep", "wide"],
)
async def test_a_mail_beyond_what_is_read_is_told_apart(raw: bytes) -> None:
    judge, _ = judging(Policy())
    assert (await judge.judge(message(raw=raw))).is_too_deep
    assert not (await judge.judge(message(raw=mail()))).is_too_deep


async def test_a_heavy_mail_is_judged_by_the_child_to_the_same_verdict() -> None:
    inline, _ = judging(Policy())
    heavy, child = judging(Policy(judge_seconds=60), heavy_bytes=10)
    sent = message(raw=mail(LINK))
    try:
        assert await heavy.judge(sent) == await inline.judge(sent)
        assert await heavy.judge(sent) == await inline.judge(sent)  # the same child again
    finally:
        await child.close()


async def test_a_mail_over_its_time_is_not_judged_and_the_next_one_is() -> None:
    judge, child = judging(Policy(judge_seconds=0.01), heavy_bytes=10)
    with pytest.raises(JudgeError, match="longer than"):
        await judge.judge(message(raw=mail(LINK)))
    child.replace(Policy(judge_seconds=60))
    try:
        judged = await judge.judge(message(raw=mail(LINK)))
        assert judged.verdict is not None
    finally:
        await child.close()


async def test_a_child_that_dies_gives_no_verdict(tmp_path: Path) -> None:
    judge, child = judging(Policy(), heavy_bytes=10)
    child.replace(Policy(judge_seconds=60, rules_folder=tmp_path / "gone"))
    with pytest.raises(JudgeError, match="too much"):
        await judge.judge(message(raw=mail(LINK)))
    await child.close()


async def test_no_more_than_a_few_heavy_mails_wait() -> None:
    _, child = judging(Policy())
    child._waiting = MAX_WAITING  # the queue is full
    with pytest.raises(JudgeError, match="too many"):
        await child.judge(b"", account="", recipients=(), to=())


def test_the_account_comes_before_the_marketplace_and_the_default() -> None:
    books = Rulebooks(
        Policy(by_account={"shop2": "amazon-2020-11"}, by_marketplace={"A1PA6795UKMFR9": "amazon-2020-11"})
    )
    german = "abcdefghij12345@marketplace.amazon.de"
    assert books.select("shop2", [BUYER]).edition == "amazon-2020-11"
    assert books.select("shop1", [german]).edition == "amazon-2020-11"
    assert books.select("shop1", [BUYER]).edition == "amazon-2018-10"


def test_the_operators_modes_and_hosts_are_in_force() -> None:
    books = Rulebooks(Policy(modes={"external-link": "shadow"}))
    rule = next(rule for rule in books.default.rules if rule.category == "external-link")
    assert rule.mode.value == "shadow"


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(Policy(edition="amazon-1999-01"), id="unknown edition"),
        pytest.param(Policy(modes={"no-such-rule": "off"}), id="unknown rule"),
    ],
)
def test_wrong_rules_are_refused_whole(policy: Policy) -> None:
    with pytest.raises(ConfigError):
        Rulebooks(policy)


def test_the_pipelines_own_rules_come_from_the_pack() -> None:
    rules = Rulebooks(Policy()).rules()
    assert (rules.one_per_order.clause, rules.one_per_order.category) == ("D4b", "review-repeat")
    assert rules.unreadable.category == "unreadable-content"


async def test_a_mail_that_was_too_much_is_judged_with_more_time() -> None:
    patient = PatientJudge(Policy(judge_seconds=0.01, review_judge_seconds=60))
    judged = await patient.judge(message(raw=mail(LINK)))
    assert judged.verdict is not None
    assert judged.verdict.action is Action.REJECT


async def test_more_time_ends_too() -> None:
    patient = PatientJudge(Policy(review_judge_seconds=60))
    patient.replace(Policy(review_judge_seconds=0.01))
    with pytest.raises(JudgeError, match="longer than"):
        await patient.judge(message(raw=mail(LINK)))


async def test_no_more_than_a_few_wait_for_more_time() -> None:
    patient = PatientJudge(Policy())
    patient._waiting = PATIENT_WAITING  # the queue is full
    with pytest.raises(JudgeError, match="too many"):
        await patient.judge(message(raw=mail(LINK)))


async def test_mail_to_nobodys_buyer_needs_no_time() -> None:
    judged = await PatientJudge(Policy()).judge(message(raw=mail(), to=["boss@shop.example"]))
    assert (judged.buyers, judged.verdict) == ((), None)


async def test_what_a_mail_says_that_may_be_held_is_kept_for_the_search() -> None:
    judge, _ = judging(Policy(actions={"external-link": "quarantine"}))
    assert "manual is in our shop" in (await judge.judge(message(raw=mail(LINK)))).words
    assert (await judge.judge(message(raw=mail()))).words == ""


async def test_an_order_that_is_not_the_sellers_is_refused() -> None:
    orders = ToldOrders(Known(loaded=True))
    judged = await judging_by(orders).judge(message(raw=mail()))
    assert judged.verdict is not None
    assert [each.category for each in judged.verdict.findings] == ["wrong-order-id"]
    assert judged.verdict.action is Action.REJECT
    [(asked, buyers)] = orders.asked
    assert (set(asked), buyers) == ({ORDER}, (BUYER,))


async def test_an_order_of_this_buyer_passes_and_of_another_does_not() -> None:
    own = Known(loaded=True, orders=(KnownOrder(ORDER, buyer=BUYER),))
    others = Known(loaded=True, orders=(KnownOrder(ORDER, buyer="zzzzz1234567890@marketplace.amazon.com"),))
    passed = await judging_by(ToldOrders(own)).judge(message(raw=mail()))
    refused = await judging_by(ToldOrders(others)).judge(message(raw=mail()))
    assert passed.verdict is not None
    assert refused.verdict is not None
    assert passed.verdict.findings == ()
    assert [each.category for each in refused.verdict.findings] == ["wrong-order-id"]


async def test_a_heavy_mail_is_judged_by_order_data_too() -> None:
    policy = Policy(judge_seconds=60)
    child = Child(policy)
    judge = Judging(Rulebooks(policy), child, heavy_bytes=10, sources=Sources(ToldOrders(Known(loaded=True))))
    try:
        judged = await judge.judge(message(raw=mail()))
    finally:
        await child.close()
    assert judged.verdict is not None
    assert [each.category for each in judged.verdict.findings] == ["wrong-order-id"]


async def test_a_failed_lookup_is_no_verdict_but_the_stores_own_fault() -> None:
    judge = judging_by(ToldOrders(StoreError("the database is locked by another program")))
    with pytest.raises(StoreError):
        await judge.judge(message(raw=mail()))


@dataclass
class ToldStandings:
    """How every mail stands."""

    told: Standing
    asked: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    async def standing(self, ids: Sequence[str], buyers: Sequence[str]) -> Standing:
        self.asked.append((tuple(ids), tuple(buyers)))
        return self.told


@pytest.mark.parametrize("heavy_bytes", [10, 1 << 20])
async def test_the_thread_and_the_account_are_asked_after(heavy_bytes: int) -> None:
    policy, standings = Policy(judge_seconds=60), ToldStandings(Standing(restricted="since 2026-11-20"))
    child = Child(policy)
    judge = Judging(Rulebooks(policy), child, heavy_bytes=heavy_bytes, sources=Sources(standings=standings))
    thread = b"References: <a@x> <b@x>\r\nIn-Reply-To: <b@x>\r\n"
    try:
        held = await judge.judge(message(raw=mail()))
        answer = await judge.judge(message(raw=thread + mail()))
    finally:
        await child.close()
    assert held.verdict is not None
    assert answer.verdict is not None
    assert [each.rule for each in held.verdict.findings] == ["g1-restricted"]
    assert answer.verdict.findings == ()
    assert standings.asked == [((), (BUYER,)), (("a@x", "b@x"), (BUYER,))]
