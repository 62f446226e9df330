from __future__ import annotations

from gatepost_policies.html.look import PLAIN, looks, own_effect
from gatepost_policies.html.sheet import Cascade
from gatepost_policies.html.style import NOTHING, Effect
from gatepost_policies.model import Hiding


def test_an_element_that_says_nothing_looks_like_its_parent() -> None:
    assert looks(PLAIN, NOTHING, "p", {"class": "x"}).hiding is None
    assert looks(PLAIN, NOTHING, "p", {}) is PLAIN


def test_what_hides_a_parent_hides_its_children() -> None:
    hidden = looks(PLAIN, Effect(gone=Hiding.DISPLAY), "div", {})
    assert looks(hidden, Effect(unseen=False), "p", {"style": "x"}).hiding is Hiding.DISPLAY


def test_a_half_transparent_ground_says_nothing() -> None:
    look = looks(PLAIN, Effect(ground=(0.0, 0.0, 0.0, 0.5), colour=(1.0, 1.0, 1.0, 1.0)), "p", {"style": "x"})
    assert (look.ground, look.hiding) == (None, None)


def test_presentational_attributes_are_beaten_by_style() -> None:
    look = looks(PLAIN, Effect(colour=(0.0, 0.0, 0.0, 1.0)), "font", {"color": "white", "style": "x"})
    assert look.hiding is None


def test_without_sheets_only_the_inline_style_acts() -> None:
    assert own_effect(Cascade(), 1, "p", {"class": "x"}) is NOTHING
    assert own_effect(Cascade(), 1, "p", {"style": "display:none"}).gone is Hiding.DISPLAY


def test_the_text_colour_of_the_body_counts() -> None:
    look = looks(PLAIN, NOTHING, "body", {"text": "#ffffff", "bgcolor": "#ffffff"})
    assert look.hiding is Hiding.COLOUR
