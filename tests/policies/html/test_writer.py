from __future__ import annotations

import pytest

from gatepost_policies.html import writer
from gatepost_policies.html.look import PLAIN, Look
from gatepost_policies.html.writer import Mark, Writer
from gatepost_policies.model import Hiding


def test_blocks_break_lines_once_between_words() -> None:
    out = Writer()
    out.text("a", PLAIN)
    out.block(1)
    out.block(2)
    out.text("b", PLAIN)
    assert (out.finish(), out.length) == ("a\n\nb", 4)


def test_breaks_before_the_first_words_are_dropped() -> None:
    out = Writer()
    out.line_break()
    out.text(" a ", PLAIN)
    assert out.finish() == "a"


def test_breaks_are_bounded() -> None:
    out = Writer()
    out.text("a", PLAIN)
    for _ in range(1_000):
        out.line_break()
    out.text("b", PLAIN)
    assert out.finish() == "a" + "\n" * writer.MAX_BREAKS + "b"


def test_a_mark_spans_what_is_written_while_it_is_open() -> None:
    out, mark = Writer(), Mark()
    out.text("go", PLAIN)
    out.marks.append(mark)
    out.text(" there now", PLAIN)
    out.marks.remove(mark)
    out.text(" again", PLAIN)
    assert out.finish()[mark.start : mark.end] == "there now"


def test_hidden_stretches_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MAX_HIDDEN", 2)
    out = Writer()
    for word in "abcd":
        out.hide(word, Hiding.COMMENT)
    assert (len(out.hidden()), out.defects) == (2, ["too-much-hidden"])


def test_hidden_words_do_not_join_over_visible_ones() -> None:
    out, hidden = Writer(), Look(hiding=Hiding.SIZE)
    out.text("one", hidden)
    out.text("seen", PLAIN)
    out.text("two", hidden)
    assert out.hidden() == [("one", Hiding.SIZE), ("two", Hiding.SIZE)]


def test_preformatted_lines_stay() -> None:
    out, pre = Writer(), Look(pre=True)
    out.text("a", pre)
    out.text("\n\n", pre)
    out.text("b\u00a0c", pre)
    assert out.finish() == "a\n\nb c"


def test_invisible_characters_alone_are_a_blank() -> None:
    out = Writer()
    out.text("a", PLAIN)
    out.text("\u200b\u200c", PLAIN)
    out.text("b", PLAIN)
    out.shown(" ")
    out.hide(" ", Hiding.COMMENT)
    assert (out.finish(), out.hidden()) == ("a b", [])
