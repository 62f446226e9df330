from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.html.style import colour, declarations, effect, is_unseen, length, urls

WHITE = (1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("value", "pixels"),
    [
        pytest.param("12px", 12.0, id="px"),
        pytest.param("12", 12.0, id="bare"),
        pytest.param("3pt", 4.0, id="pt"),
        pytest.param("2em", 32.0, id="em"),
        pytest.param("-.5px", -0.5, id="negative"),
        pytest.param("auto", None, id="word"),
    ],
)
def test_lengths_are_read_in_pixels(value: str, pixels: float | None) -> None:
    assert length(value) == pixels


@pytest.mark.parametrize(
    "value",
    [
        "#fff",
        "#FFFFFF",
        "#ffff",
        "#ffffffff",
        "white",
        "WHITE",
        "rgb(255,255,255)",
        "hsl(0,0%,100%)",
        "ffffff",
    ],
)
def test_white_is_white_however_written(value: str) -> None:
    assert colour(value) == pytest.approx(WHITE)


@pytest.mark.parametrize("value", ["#ff", "#gggggg", "inherit", "nonsense", "rgb(", "currentcolor"])
def test_what_is_no_colour_is_none(value: str) -> None:
    assert colour(value) is None


def test_contrast_decides_what_is_unseen() -> None:
    assert is_unseen((0.98, 0.98, 0.98, 1.0), WHITE)
    assert not is_unseen((0.6, 0.6, 0.6, 1.0), WHITE)


def test_the_last_declaration_stands_and_important_is_told() -> None:
    assert declarations("color:red;COLOR: blue ! important; x:y") == (
        ("color", "red", False),
        ("color", "blue", True),
    )


def test_semicolons_in_quotes_and_brackets_do_not_end_a_value() -> None:
    found = declarations("background:url('a;b') no-repeat;color:red")
    assert found == (("background", "url('a;b') no-repeat", False), ("color", "red", False))


def test_addresses_of_a_style_are_found() -> None:
    assert urls("a:url(x) b: URL( 'y' ) c:url(\"z\") d:ur\\6c(w)") == ["x", "y", "z", "w"]


def test_the_background_shorthand_gives_its_colour() -> None:
    assert effect({"background": "#fff url(x.png) top left"}).ground == WHITE


@given(st.text())
def test_any_style_can_be_read(text: str) -> None:
    effect({name: value for name, value, _ in declarations(f"display:x;{text}")})
    urls(f"url{text}")
