from __future__ import annotations

import io
import json
import sys

import pytest
import typer

from gatepost.cli import terminal


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_controls_and_direction_marks_do_not_reach_the_terminal() -> None:
    assert terminal.harmless("a\x1b[31mb\r\n\u202ec\x9b") == "a�[31mb���c�"
    assert terminal.harmless("Grüße, 你好 …") == "Grüße, 你好 …"


def test_rows_are_separated_by_tabs_where_programs_read(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table(("a", "b"), [("1", "x\ty"), ("2", "[bold]z[/bold]")])
    assert capsys.readouterr().out == "a\tb\n1\tx�y\n2\t[bold]z[/bold]\n"


def test_rows_are_aligned_on_a_terminal_without_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", screen := Screen())
    terminal.table(("id", "subject"), [("1", "[red]Hello[/red]")])
    assert "[red]Hello[/red]" in screen.getvalue()


def test_json_is_one_object_a_line_in_any_script(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.emit({"a": "ü\n", "b": [1]})
    assert capsys.readouterr().out == '{"a": "ü\\n", "b": [1]}\n'


def test_json_carries_no_control_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"a": "\x1b[2J\x9b\u2028\u202e\U000e0001"}
    terminal.emit(value)
    line = capsys.readouterr().out.removesuffix("\n")
    assert line.isprintable()
    assert json.loads(line) == value


def test_what_the_caller_typed_can_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say_error("no message \x1b[2J\x9b\nthere is")
    assert capsys.readouterr().err == "gatepost: no message \ufffd[2J\ufffd\nthere is\n"


def test_progress_is_for_terminals_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with terminal.progress("Judging") as steps:
        assert list(steps.over([1, 2])) == [1, 2]
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys, "stderr", screen := Screen())
    with terminal.progress("Judging", 2) as steps:
        assert list(steps.over([1, 2])) == [1, 2]
    assert "Judging" in screen.getvalue()


def test_a_failure_is_one_sentence_and_a_status(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught:
        terminal.fail("no")
    assert caught.value.exit_code == terminal.UNUSABLE
    assert capsys.readouterr().err == "gatepost: no\n"
