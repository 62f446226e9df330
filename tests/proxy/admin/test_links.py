from __future__ import annotations

from datetime import timedelta

import pytest

from gatepost.admin.links import Link, Links
from gatepost.model import MessageId
from gatepost.seal import seal
from kit.messages import AT

KEY = b"k" * 32
LINKS = Links(KEY, lambda: ["rita@shop.example"])
LATER = AT + timedelta(hours=1)


def sealed(**words: str) -> str:
    return seal(words, key=KEY, until=LATER)


def test_a_reviewers_link_decides() -> None:
    token = sealed(id="m1", may="decide", to="rita@shop.example")

    assert LINKS.read(token, AT) == Link(MessageId("m1"), "rita@shop.example", decides=True)


def test_a_senders_link_only_shows() -> None:
    link = LINKS.read(sealed(id="m1", may="show", to="help@shop.example"), AT)

    assert link is not None
    assert not link.decides


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(sealed(id="m1", may="decide", to="gone@shop.example"), id="not a reviewer any more"),
        pytest.param(sealed(id="m1"), id="not whole"),
        pytest.param("none", id="not ours"),
    ],
)
def test_other_links_are_nothing(token: str) -> None:
    assert LINKS.read(token, AT) is None


def test_without_a_key_no_link_is_read() -> None:
    token = seal({"id": "m1", "may": "show", "to": "x"}, key=b"", until=LATER)

    assert Links(b"", list).read(token, AT) is None
