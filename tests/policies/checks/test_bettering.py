"""What a seller betters is his own, and a pause parts a verb from the review behind it."""

from __future__ import annotations

import pytest

from gatepost_policies.checks.bettering import own_changes, stops_short
from gatepost_policies.language.scene import Sentence, observe
from kit.scenes import plain


def sentence(text: str) -> Sentence:
    (only,) = observe(plain(text)).own()
    return only


@pytest.mark.parametrize(
    ("text", "own"),
    [
        pytest.param("Your review helps us improve our service.", True, id="his service"),
        pytest.param("Please improve your review.", False, id="the review"),
        pytest.param("Help us to improve your review.", False, id="the review, right behind"),
        pytest.param("Help us to improve: write a review.", True, id="a review after a pause"),
        pytest.param("Nous avons lu votre avis et nous allons corriger la notice.", True, id="his manual"),
        pytest.param("Bitte verbessern Sie Ihre Bewertung.", False, id="the review, in German"),
        pytest.param(
            "Om onze producten te verbeteren is uw review waardevol.", True, id="a verb that comes last"
        ),
    ],
)
def test_a_change_is_the_sellers_own_where_no_review_follows_it(text: str, own: bool) -> None:
    assert any(own_changes(sentence(text))) is own


@pytest.mark.parametrize(
    ("text", "short"),
    [
        pytest.param("We want to improve, your review counts.", True, id="a comma"),
        pytest.param("Please change your review.", False, id="no pause"),
        pytest.param("Please change or, even better, delete your review.", False, id="another change behind"),
    ],
)
def test_a_pause_parts_a_verb_from_the_review_behind_it(text: str, short: bool) -> None:
    here = sentence(text)
    hits = here.of("review_change")
    assert hits
    assert any(stops_short(here, hit) for hit in hits) is short
