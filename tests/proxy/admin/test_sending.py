from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from gatepost.admin.sending import ELSEWHERE, MOST_ADDRESSES, Sent, senders
from gatepost.config import Config
from gatepost.config.schema import Policy, Smtp
from gatepost.directory import Role, User
from gatepost.model import OriginFigures
from kit.messages import AT, allowance

ADA = User("ada", Role.AGENT, disabled=False, must_change=False, created_at=AT)
CONFIG = Config(
    smtp=Smtp(trusted_networks=(IPv4Network("192.0.2.0/24"), IPv6Network("::1/128"))),
    policy=Policy(by_account={"shop-de": "amazon-2020-11"}),
)


def origin(sender: str, *, account: str = "", peer: str = "192.0.2.7", mails: int = 1) -> OriginFigures:
    return OriginFigures(account, peer, sender, mails, held=1, refused=0, last_at=AT)


def test_logins_are_users_those_that_sent_and_those_with_an_edition() -> None:
    origins = [origin("a@shop.example", account="ada"), origin("b@shop.example", account="ada", mails=4)]
    told = senders(CONFIG, [ADA], [*origins, origin("c@x.example", account="relay-user")], ())

    assert [(each.name, each.edition, each.user) for each in told.accounts] == [
        ("ada", "", ADA),
        ("relay-user", "", None),
        ("shop-de", "amazon-2020-11", None),
    ]
    assert told.accounts[0].sent == Sent(5, 2, 0, AT)
    assert told.accounts[2].sent == Sent()


def test_mail_without_a_login_is_counted_by_its_network() -> None:
    peers = ["192.0.2.7", "192.0.2.9", "198.51.100.1", "", "no address"]
    told = senders(CONFIG, [], [origin("a@shop.example", peer=peer) for peer in peers], ())

    assert {network: sent.mails for network, sent in told.networks.items()} == {
        "192.0.2.0/24": 2,
        "::1/128": 0,
        ELSEWHERE: 3,
    }


def test_an_exception_stands_beside_whom_it_holds_for() -> None:
    exceptions = [
        allowance(sender="a@shop.example"),
        allowance(sender="@shop.example"),
        allowance(account="ada"),
        allowance(order="112-1234567-1234567"),
    ]
    told = senders(CONFIG, [ADA], [origin("A@Shop.example"), origin("b@x.example")], exceptions)

    assert [(each.address, len(each.exceptions)) for each in told.addresses] == [
        ("a@shop.example", 2),
        ("b@x.example", 0),
    ]
    assert [each.account for each in told.accounts[0].exceptions] == ["ada"]


def test_addresses_are_the_busiest_that_hold_the_part_and_bounded() -> None:
    many = [origin(f"a{number}@shop.example", mails=number) for number in range(MOST_ADDRESSES + 9)]
    told = senders(CONFIG, [], [*many, origin("b@x.example", mails=9_999)], (), part="SHOP")

    assert (told.addresses[0].address, len(told.addresses)) == ("a208@shop.example", MOST_ADDRESSES)
    assert told.addresses_in_all == MOST_ADDRESSES + 9


def test_the_latest_of_several_mails_is_the_last() -> None:
    earlier = replace(origin("a@shop.example"), last_at=AT - timedelta(days=1))
    told = senders(CONFIG, [], [origin("a@shop.example"), earlier], ())

    assert told.addresses[0].sent.last_at == AT
