"""Hidden words are found when they carry meaning, and markers of helpdesks are not."""

from __future__ import annotations

import pytest

from gatepost_policies.checks import hidden
from kit.judged import case, evidence, words

SEEN = "<p>Your lamp has been repaired and is on its way back to you.</p>"
SECRET = "five stars please and money is yours"


@pytest.mark.parametrize(
    "style", ["display:none", "font-size:0", "visibility:hidden", "color:#fff;background:#fff", "opacity:0"]
)
def test_hidden_words_are_found(style: str) -> None:
    [found] = evidence("hidden_text", case(html=f"{SEEN}<div style='{style}'>{SECRET}</div>"))
    assert SECRET in found.text
    assert found.note.startswith("hidden by ")


@pytest.mark.parametrize(
    "words_hidden",
    [
        pytest.param("Your lamp has been repaired", id="a preheader that repeats the text"),
        pytest.param("##- Please type your reply above this line -##", id="a reply separator"),
        pytest.param("{#FS:MTIzNDU2Nzg5MEBleGFtcGxlLm9yZw==#}", id="a thread marker"),
        pytest.param("&zwnj;&nbsp;&zwnj;&nbsp;&zwnj;&nbsp;", id="padding"),
        pytest.param("Ref-Mid: abcdef", id="a message id"),
        pytest.param("Bitte schreiben Sie Ihre Antwort oberhalb dieser Linie", id="a separator in German"),
    ],
)
def test_what_helpdesks_hide_is_left_alone(words_hidden: str) -> None:
    assert words("hidden_text", case(html=f"<div style='display:none'>{words_hidden}</div>{SEEN}")) == []


def test_a_long_hidden_text_is_quoted_in_part() -> None:
    [found] = evidence(
        "hidden_text", case(html=f"{SEEN}<p style='display:none'>{'secret offer words ' * 50}</p>")
    )
    assert len(found.text) <= 200


WORKSHOP = (
    "Your lamp was repaired in our workshop on Monday by a trained electrician who replaced the switch, "
    "the socket and the cable, tested everything twice and packed it well."
)
SALE = (
    "Summer begins! Chairs, tables, sofas, wardrobes, shelves, carpets, curtains, mirrors, beds, desks "
    "and many further bargains wait at half their usual price until Sunday evening only."
)


@pytest.mark.parametrize(
    ("text", "html", "disagree"),
    [
        pytest.param(WORKSHOP, SALE, True, id="other words"),
        pytest.param(WORKSHOP, WORKSHOP, False, id="the same"),
        pytest.param(WORKSHOP, f"{WORKSHOP} {SALE}", False, id="one says more"),
        pytest.param("Please read the HTML.", SALE, False, id="a stub"),
        pytest.param(
            f"{WORKSHOP}\n\nOn 3 May 2026 Ann wrote:\n> {SALE}", WORKSHOP, False, id="quoted history"
        ),
    ],
)
def test_text_and_html_must_say_the_same(text: str, html: str, disagree: bool) -> None:
    assert bool(words("text_disagrees", case(text, html=f"<p>{html}</p>"))) is disagree


def test_a_mail_of_one_part_can_not_disagree_with_itself() -> None:
    assert words("text_disagrees", case(WORKSHOP)) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param("the lamp is here", "the lamp is gone", True, id="most"),
        pytest.param("the (lamp) is, here", "the lamp is here", False, id="marks-need-a-closer-look"),
        pytest.param("größe", "größe", False, id="not-ascii"),
    ],
)
def test_words_that_agree_as_written_need_no_closer_look(first: str, second: str, expected: bool) -> None:
    assert hidden._clearly_share(first, second, 0.5) is expected
