"""Mails that say one thing thousands of times: twice the mail is about twice the judging."""

from __future__ import annotations

from functools import cache

import pytest

from gatepost_policies import Rulebook, judge, load, read
from kit.effort import calls
from kit.mails import html_mail, mail

SAYINGS = {
    "offers": "Get 20% off with code LAMP20 today! ",
    "requests": "Please leave a 5 star review on Amazon if you are happy. ",
    "requests without an end": "please leave us a five star review if you are happy and then ",
    "German requests": "Bitte bewerten Sie uns mit fünf Sternen bei Amazon, wenn Sie zufrieden sind. ",
    "Japanese requests": "五つ星のレビューをお願いします。",
    "wide letters": "ｒｅｖｉｅｗ　５ｓｔａｒｓ ",
    "negations": "we do not offer no discount never for not a review ",
    "conditions": "if you like it and if you are not happy then but because when ",
    "links": "see www.shop.com/x or shop . com ",
    "orders": "order 112-1234567-1234567 arrives on 1 May 2026 by UPS ",
}


@cache
def rulebook() -> Rulebook:
    return load()


def effort(raw: bytes) -> int:
    reading = read(raw)
    judge(reading, rulebook())  # words are made ready on first use
    return calls(lambda: judge(reading, rulebook()))


@pytest.mark.parametrize("saying", SAYINGS.values(), ids=SAYINGS)
def test_twice_the_mail_is_at_most_about_twice_the_judging(saying: str) -> None:
    assert effort(mail(saying * 400)) < 2.5 * effort(mail(saying * 200)) + 2_000


def test_twice_the_page_is_at_most_about_twice_the_judging() -> None:
    line = "<p>leave us a <b>five</b> star <a href='http://www.s.com'>review</a></p>"
    assert effort(html_mail(line * 400)) < 2.5 * effort(html_mail(line * 200)) + 2_000
