from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.inbound.look import Rules, look, trusted
from gatepost.inbound.news import Kind
from kit.arrivals import AMAZON, CASE, ORDER, SHOP, Records, arriving, sealed, signed


def test_a_buyers_mail_tells_who_wrote_and_by_what_it_is_answered() -> None:
    looked = look(signed(arriving(CASE)), Rules(), Records())
    assert looked.proof.authentic
    assert (looked.buyer, looked.ids, looked.orders) == (CASE, ("q1@amazon.com",), (ORDER,))
    assert looked.addressed == (SHOP,)
    assert "lamp" in looked.words
    assert looked.news is None


def test_amazons_own_mail_tells_its_news() -> None:
    looked = look(
        signed(arriving(AMAZON, "The buyer has opted out of unsolicited messages.")), Rules(), Records()
    )
    assert looked.news is not None
    assert looked.news.kind is Kind.OPT_OUT
    assert looked.buyer == ""


def test_without_the_dns_nothing_is_checked() -> None:
    records = Records()
    looked = look(signed(arriving()), Rules(checked=False), records)
    assert (looked.proof.authentic, records.asked) == (None, [])


def test_the_chain_is_read_only_where_amazons_signature_does_not_hold() -> None:
    records, rules = Records(), Rules(sealers=trusted(["Forwarder.Example."]))
    assert look(sealed(signed(arriving())), rules, records).proof.by == "dkim amazon.com"
    assert not any(b"forwarder" in name for name in records.asked)
    broken = sealed(signed(arriving()) + b"-- list\r\n")
    assert look(broken, rules, Records()).proof.by == "arc forwarder.example"


def test_a_forwarders_own_signature_does_not_stand_for_amazons() -> None:
    records, rules = Records(), Rules(sealers=trusted(["forwarder.example"]))
    broken = sealed(signed(arriving()) + b"-- list\r\n")
    assert look(signed(broken, "forwarder.example"), rules, records).proof.by == "arc forwarder.example"
    assert look(signed(arriving(), "list.example"), Rules(), records).proof.authentic is False
    assert not any(b"list.example" in name for name in records.asked)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2_000), st.binary(max_size=40), st.booleans())
def test_a_mail_with_a_wound_anywhere_is_looked_at(at: int, octets: bytes, sealed_too: bool) -> None:
    raw = signed(arriving())
    raw = sealed(raw) if sealed_too else raw
    wounded = raw[:at] + octets + raw[at + len(octets) :]
    looked = look(wounded, Rules(sealers=frozenset({"forwarder.example"})), Records())
    assert looked.proof.authentic is not None
