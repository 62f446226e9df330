from __future__ import annotations

from pathlib import Path

from kit.command import command


def put(folder: Path, name: str, sender: str) -> Path:
    path = folder / name
    path.write_text(f"From: {sender}\nSubject: Order\n\nWhen does my lamp arrive?\n", encoding="utf-8")
    return path


def test_what_is_suspicious_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a.eml", "Amazon <help@amazon-support.example>")
    put(tmp_path, "b.eml", "Ann <k3v9x2m7q4w8z1p@marketplace.amazon.com>")
    done = command("inbound", "check", "--no-dns", "--json", tmp_path)
    assert done.status == 1
    assert [row["action"] for row in done.rows] == ["quarantine", "relay"]
    assert done.rows[0]["findings"][0]["category"] == "suspicious-inbound"
    assert done.rows[1]["authentic"] is None


def test_people_are_told_in_words(tmp_path: Path) -> None:
    done = command("inbound", "check", "--no-dns", put(tmp_path, "a.eml", "Amazon <x@amazon-help.example>"))
    assert "suspicious" in done.out
    assert "a2-sender (A2)" in done.out


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert command("inbound", "check", "--no-dns", tmp_path / "none.eml").status == 2
