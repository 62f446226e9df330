from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.errors import FeedError
from gatepost.feeds import textfile

TEXT = "order-id\tname\r\n1\tMüller\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_europes_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes(TEXT.encode(encoding))
    found = [line for _, line, _ in textfile.lines(path, textfile.encoding_of(path))]
    assert "".join(found) == TEXT


def test_japans_encoding_is_told_by_its_header(tmp_path: Path) -> None:
    text = "注文番号\t商品名\r\n1\t真鍮ランプ\r\n"
    path = tmp_path / "r.txt"
    path.write_bytes(text.encode("cp932"))
    assert textfile.encoding_of(path) == "cp932"
    assert "".join(line for _, line, _ in textfile.lines(path, "cp932")) == text


@pytest.mark.parametrize("row", ["1\t真鍮ランプ", "1\tÖ\n2\t真鍮ランプ", "1\tランプ\n2\t\ufffd"])
def test_japans_encoding_is_told_by_its_rows(tmp_path: Path, row: str) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes(b"order-id\tproduct-name\r\n" + row.encode("cp932", "replace") + b"\r\n")
    assert textfile.encoding_of(path) == "cp932"


@pytest.mark.parametrize(
    "words",
    [
        "L’été à Orléans, élève",
        "Größe: 5 – 7 cm",
        "Lamp’s “best” shade",
        "€uro’s",
        "Straße 3\tÄÖÜäöüß",
        "Œuvre",
    ],
)
def test_western_words_are_not_taken_for_japanese(tmp_path: Path, words: str) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes(f"order-id\tname\r\n1\t{words}\r\n".encode("cp1252"))
    assert textfile.encoding_of(path) == "cp1252"


def test_what_is_lost_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes(b"order-id\tname\r\n1\tM\x81ller\r\n")  # cp1252 has no 0x81
    assert "\ufffd" in "".join(line for _, line, _ in textfile.lines(path, textfile.encoding_of(path)))


def test_the_bytes_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes(TEXT.encode())
    assert [done for _, _, done in textfile.lines(path, "utf-8")][-1] == path.stat().st_size


def test_an_endless_row_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfile, "MAX_LINE", 100)
    path = tmp_path / "r.txt"
    path.write_bytes(b"x" * 101)
    with pytest.raises(FeedError, match="a row of more than 100 bytes"):
        list(textfile.lines(path, "utf-8"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"gone\.txt: can't be read"):
        textfile.encoding_of(tmp_path / "gone.txt")
