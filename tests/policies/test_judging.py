"""A verdict holds all that was found, once each, in reading order, and the strictest action."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost_policies.facts import read, read_text
from gatepost_policies.judging import MAX_FINDINGS_PER_RULE, judge
from gatepost_policies.model import Action, Medium, Mode, Verdict
from gatepost_policies.rulebook import load
from kit.judged import book, raw, verdict

CLEAN = "Please confirm your address so that we can send the replacement lamp."


def categories(judged: Verdict) -> set[str]:
    return {finding.category for finding in judged.findings}


def test_a_clean_mail_passes() -> None:
    judged = verdict(CLEAN)
    assert (judged.action, judged.findings) == (Action.RELAY, ())
    assert (judged.order_ids, judged.language) == (("112-1234567-1234567",), "en")


def test_the_strictest_action_wins() -> None:
    held = verdict(f"{CLEAN} Follow us on Instagram.")
    refused = verdict(f"{CLEAN} Follow us on Instagram. See www.lampshop.com.")
    assert (held.action, refused.action) == (Action.QUARANTINE, Action.REJECT)


def test_findings_quote_the_very_words() -> None:
    text = f"{CLEAN} See www.lampshop.com."
    finding = verdict(text).findings[0]
    assert (finding.part, text[finding.start : finding.end]) == ("text/plain", finding.evidence)
    assert finding.evidence == "www.lampshop.com"


def test_findings_stand_in_reading_order() -> None:
    judged = verdict(
        f"See www.a-shop.com. {CLEAN} See www.b-shop.com.", subject="112-1234567-1234567 www.c-shop.com"
    )
    assert [finding.evidence for finding in judged.findings][:1] == ["www.c-shop.com"]
    assert [f.evidence for f in judged.findings if f.part == "text/plain"] == [
        "www.a-shop.com",
        "www.b-shop.com",
    ]


def test_text_and_html_of_one_mail_give_one_finding() -> None:
    words = f"{CLEAN} See www.lampshop.com."
    assert len(verdict(words, html=f"<p>{words}</p>").findings) == 1


def test_findings_of_one_rule_are_bounded() -> None:
    links = "\n".join(f"www.shop-{number}.com" for number in range(200))
    judged = verdict(f"{CLEAN}\n{links}")
    assert len([f for f in judged.findings if f.rule == "p1-external-link"]) == MAX_FINDINGS_PER_RULE


def test_a_shadow_rule_records_and_does_not_act() -> None:
    shadow = load(modes={"p1-external-link": "shadow"})
    judged = judge(read(raw(f"{CLEAN} See www.lampshop.com.")), shadow)
    assert [finding.mode for finding in judged.findings] == [Mode.SHADOW]
    assert judged.action is Action.RELAY


def test_a_rule_that_is_off_finds_nothing() -> None:
    off = load(modes={"external-link": "off"})
    assert judge(read(raw(f"{CLEAN} See www.lampshop.com.")), off).findings == ()


def test_a_consequence_is_not_reported_twice() -> None:
    judged = verdict("Leave us a review and get a $10 gift card.")
    assert "review-incentive" in categories(judged)
    assert "off-purpose" not in categories(judged)


def test_a_finding_in_shadow_does_not_hide_its_consequence() -> None:
    rules = tuple(
        replace(rule, params={"forbidden": ["review-request"], "unless_found": ["external-link"]})
        if rule.id == "g1-off-purpose"
        else rule
        for rule in load(modes={"p1-external-link": "shadow"}).rules
    )
    mail = read(raw("Please leave a review at www.lampshop.com."))
    assert "off-purpose" in categories(judge(mail, replace(book(), rules=rules)))


def test_a_mail_that_names_its_order_and_advertises_is_told_once() -> None:
    thanks = "Thank you for your purchase. Follow us on Instagram."
    assert categories(verdict(thanks)) == {"marketing"}
    orderless = judge(read(raw(thanks, subject="Hello")), book())
    assert {"marketing", "off-purpose"} <= categories(orderless)


def test_a_request_for_a_review_is_told_to_the_ledger() -> None:
    assert verdict("Please leave us a review of the lamp.").asks_review
    assert not verdict(CLEAN).asks_review


def test_order_ids_in_quoted_history_are_not_the_mails_own() -> None:
    quoted = "It is ready.\n\nOn 3 May 2026 Ann wrote:\n> About 113-7654321-7654321"
    assert verdict(quoted).order_ids == ("112-1234567-1234567",)


def test_links_are_listed_with_their_judgement() -> None:
    track = "https://www.ups.com/track?tracknum=1Z5R89390357567127"
    judged = verdict(f"{CLEAN} {track} www.lampshop.com")
    assert [(link.host, link.allowed) for link in judged.links] == [
        ("www.ups.com", True),
        ("www.lampshop.com", False),
    ]


def test_an_insert_is_judged_by_the_rules_on_reviews_and_links() -> None:
    insert = read_text("Leave us a 5 star review and get a $10 gift card. www.lampshop.com")
    found = {finding.category for finding in judge(insert, book(), medium=Medium.INSERT).findings}
    assert found >= {"review-incentive", "external-link"}
    assert "missing-order-id" not in found


def test_a_packing_slip_needs_its_order_id() -> None:
    slip = read_text("2 x Desk lamp")
    found = judge(slip, book(), medium=Medium.PACKING_SLIP).findings
    assert [finding.category for finding in found] == ["missing-order-id"]


def test_the_same_mail_gives_the_same_verdict() -> None:
    mail = raw(f"{CLEAN} See www.lampshop.com and leave us a 5 star review.")
    assert judge(read(mail), book()) == judge(read(mail), load())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_give_a_verdict_whose_evidence_stands_where_it_says(junk: bytes) -> None:
    reading = read(b"Content-Type: text/plain\r\n" + junk)
    for finding in judge(reading, book()).findings:
        texts = [passage.text for passage in reading.mail.passages if passage.label == finding.part]
        if finding.end:
            assert finding.evidence in [text[finding.start : finding.end] for text in texts]
