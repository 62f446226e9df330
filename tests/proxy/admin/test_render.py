from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.admin.render import Pages, asks, duration, iso, line, plain, size, stamp
from kit.ports import StillClock


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\x00b\x1b", "a␀b␛"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("two\nlines", "two\nlines"),
        ("日本語 ünï", "日本語 ünï"),
    ],
)
def test_sly_characters_become_visible(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_a_line_is_one_printable_line(text: str) -> None:
    assert "\n" not in line(text)
    assert line(text).replace("\u3000", " ").isprintable()


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=30), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=3, minutes=5), "3 h 5 min"),
        (timedelta(days=2, hours=1), "2 d 1 h"),
        (timedelta(days=-1), "0 min"),
    ],
)
def test_durations_in_two_units(span: timedelta, words: str) -> None:
    assert duration(span) == words


@pytest.mark.parametrize(
    ("left", "words", "urgency"),
    [
        (timedelta(hours=20), "20 h 0 min left", "calm"),
        (timedelta(hours=5), "5 h 0 min left", "soon"),
        (timedelta(minutes=30), "30 min left", "urgent"),
        (timedelta(minutes=-30), "30 min over", "over"),
    ],
)
def test_the_time_left_has_words_and_a_colour(left: timedelta, words: str, urgency: str) -> None:
    clock = StillClock()
    template = "{{ at | left }} {{ at | urgency }}"
    shown = Pages(clock)._templates.from_string(template).render(at=clock.now() + left)

    assert shown == f"{words} {urgency}"


def test_times_are_told_in_utc() -> None:
    at = datetime(2026, 11, 23, 9, 5, 1, tzinfo=UTC)

    assert (stamp(at), iso(at)) == ("2026-11-23 09:05 UTC", "2026-11-23T09:05:01Z")


def test_sizes_for_people() -> None:
    assert [size(n) for n in (5, 1_500, 2_500_000)] == ["5 bytes", "1.5 kB", "2.5 MB"]


def test_a_clause_says_what_it_asks() -> None:
    assert "review" in asks("D4b")
    assert asks("no such clause") == ""


def test_everything_in_a_template_is_escaped() -> None:
    shown = Pages(StillClock())._templates.from_string("<p>{{ x }}</p>").render(x="<script>")

    assert shown == "<p>&lt;script&gt;</p>"


def test_every_template_compiles_and_runs_no_inline_script() -> None:
    pages = Pages(StillClock())
    for name in pages._templates.list_templates():
        source = pages._templates.loader.get_source(pages._templates, name)[0]  # type: ignore[union-attr] # it has one
        pages._templates.get_template(name)
        assert "<script>" not in source
        assert " style=" not in source
        assert " onclick" not in source
        assert "| safe" not in source
        assert "http" not in source.replace("http-equiv", "")


def test_the_address_of_a_static_file_changes_with_its_content() -> None:
    pages = Pages(StillClock())

    assert pages._static("site.css") == f"/static/site.css?v={pages.static['site.css'].digest}"
    assert all(len(file.digest) == 16 for file in pages.static.values())
