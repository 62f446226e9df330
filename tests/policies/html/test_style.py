from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.html.style import colour, declarations, effect, is_unseen, length, urls
from gatepost_policies.model import Hiding

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


@pytest.mark.parametrize(
    ("style", "how"),
    [
        pytest.param({"filter": "opacity(0%)"}, Hiding.COLOUR, id="filter"),
        pytest.param({"transform": "scale(0, 1)"}, Hiding.SIZE, id="scale"),
        pytest.param({"clip-path": "inset(50%)"}, Hiding.OFFSCREEN, id="clip-path"),
        pytest.param({"opacity": "3%"}, Hiding.COLOUR, id="opacity-in-percent"),
        pytest.param({"filter": "opacity(0.9)"}, None, id="nearly-opaque"),
        pytest.param({"transform": "scale(0.5)"}, None, id="half-size"),
        pytest.param({"position": "absolute", "left": "-20px"}, None, id="slightly-out"),
    ],
)
def test_ways_to_hide_an_element_are_told_from_mere_effects(
    style: dict[str, str], how: Hiding | None
) -> None:
    assert effect(style).gone is how


@pytest.mark.parametrize(
    ("style", "size"),
    [
        pytest.param({"font-size": "1.5rem"}, (24.0, None), id="rem"),
        pytest.param({"font-size": "150%"}, (None, 1.5), id="percent"),
        pytest.param({"font-size": "x-small"}, (10.0, None), id="word"),
        pytest.param({"font": "bold 12px/1 Arial"}, (12.0, None), id="shorthand"),
        pytest.param({"font-size": "inherit"}, (None, None), id="inherit"),
    ],
)
def test_font_sizes_are_absolute_or_a_share_of_the_parents(
    style: dict[str, str], size: tuple[float | None, float | None]
) -> None:
    found = effect(style)
    assert (found.size_px, found.scale) == size
