"""What can't be judged is held."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatepost_policies.checks.case import Case
from kit.judged import case, words

LONG_FINNISH = (
    "Lamppu on korjattu ja se lähetetään sinulle takaisin huomenna, mutta jos sinulla on kysyttävää, "
    "niin voit ottaa meidän kanssamme yhteyttä milloin vain, kun se on sinulle hyvä."
)
FINNISH = "Hei, kiitos tilauksestasi. Lamppu on korjattu ja se lähetetään sinulle takaisin huomenna."


def with_defects(*defects: str) -> Case:
    built = case("Hello")
    mail = replace(built.mail, defects=defects)
    return replace(built, reading=replace(built.reading, mail=mail))


def test_serious_defects_are_named() -> None:
    built = with_defects("too-deep", "double-header:From", "odd")
    assert words("structure", built, defects=["too-deep", "double-header"]) == [
        "too-deep",
        "double-header:From",
    ]


def test_a_defect_is_matched_whole() -> None:
    assert words("structure", with_defects("too-deeper"), defects=["too-deep"]) == []


def test_locked_parts_are_found() -> None:
    built = case(
        "Hello", files=[("smime.p7m", "application/pkcs7-mime", "x"), ("a.pdf", "application/pdf", "x")]
    )
    assert words("encrypted", built, types=["application/pkcs7-mime"]) == ["smime.p7m"]


def test_a_mail_in_a_language_without_rules_is_found() -> None:
    assert words("foreign_language", case(FINNISH)) == ["written in a language without rules (fi)"]


def test_a_foreign_passage_in_a_known_mail_is_quoted() -> None:
    english = (
        "Your lamp has been repaired and we will send it back to you tomorrow with our best regards. " * 3
    )
    found = words("foreign_language", case(f"{english}\n\n{LONG_FINNISH}"))
    assert found
    assert found[0] in LONG_FINNISH


@pytest.mark.parametrize(
    "text", ["OK", "112-1234567-1234567", "Your lamp is ready.", "ランプの修理が完了しました。"]
)
def test_known_and_very_short_text_is_left_alone(text: str) -> None:
    assert words("foreign_language", case(text)) == []


@pytest.mark.parametrize(
    ("html", "found"),
    [
        pytest.param("<img src='cid:a' width='600' height='400' alt='Offer'>", True, id="one picture"),
        pytest.param("<img src='cid:a'>", True, id="a picture of unknown size"),
        pytest.param("<img src='cid:a' width='1' height='1'>", False, id="a pixel"),
        pytest.param(
            "<img src='cid:a' width='600'><p>Your lamp has been repaired and sent.</p>", False, id="words"
        ),
        pytest.param(
            "<img src='cid:a' width='600'><p>商品を本日発送いたしました。</p>", False, id="Japanese"
        ),
        pytest.param("<img src='cid:a' width='600'><p>ご案内</p>", True, id="hardly any Japanese"),
        pytest.param("<p>Yes.</p>", False, id="no picture"),
    ],
)
def test_a_mail_that_is_one_picture_is_found(html: str, found: bool) -> None:
    assert bool(words("picture_only", case(html=html), least_words=6, least_pixels=40)) is found
