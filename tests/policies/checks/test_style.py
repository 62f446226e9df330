"""The form of a mail."""

from __future__ import annotations

import pytest

from kit.judged import case, words


@pytest.mark.parametrize("emoji", ["😀", "🎉", "❤", "⭐", "✨", "🇩🇪", "👍🏽", "☎", "✅"])
def test_an_emoji_is_found_whole(emoji: str) -> None:
    assert words("emoji", case(f"Done {emoji} for you")) == [emoji]


@pytest.mark.parametrize(
    "text", ["Lamp® – 5 € × 2 №3 ½ • →", "ランプ、修理。「完了」", "2° C © ™", "Grüße ß"]
)
def test_letters_and_signs_are_no_emojis(text: str) -> None:
    assert words("emoji", case(text)) == []


def test_the_first_emoji_of_a_passage_is_enough() -> None:
    assert words("emoji", case("🎉 🎉 🎉")) == ["🎉"]


def test_gifs_are_found_loaded_and_attached() -> None:
    html = "<p>Hello</p><img src='https://a.com/x.gif?v=1' width='90'><img src='https://a.com/y.png'>"
    assert words("gif", case(html=html)) == ["https://a.com/x.gif?v=1"]
    assert words("gif", case("Hello", files=[("a.gif", "image/gif", "GIF89a")])) == ["a.gif"]


def test_a_pixel_is_found_and_a_logo_is_not() -> None:
    pixel, rule = (
        "<img src='https://a.com/o' width='1' height='1'>",
        "<img src='https://a.com/l' width='90' height='1'>",
    )
    assert words("tracking_pixel", case(html=f"{pixel}{rule}<p>x</p>")) == ["https://a.com/o"]


def test_a_pixel_that_the_mail_carries_tells_nobody() -> None:
    assert words("tracking_pixel", case(html="<p>x</p><img src='cid:a' width='1' height='1'>")) == []


def test_pictures_over_plain_http_are_found() -> None:
    html = "<p>x</p><img src='HTTP://a.com/a.png'><img src='https://a.com/b.png'>"
    assert words("insecure_picture", case(html=html)) == ["HTTP://a.com/a.png"]


@pytest.mark.parametrize(
    ("text", "found"), [("a\n\nb", False), ("a\n\n\nb", True), ("a\n \n\t\nb", True), ("a\nb\n\n\n\n", False)]
)
def test_more_than_one_empty_line_is_found(text: str, found: bool) -> None:
    assert bool(words("empty_lines", case(text))) is found
