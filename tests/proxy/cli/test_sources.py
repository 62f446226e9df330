from __future__ import annotations

import os
from pathlib import Path

import pytest

from gatepost.cli.sources import LINE_BYTES, Found, read_document, read_mails, walk

LIMIT = 100_000


def put(folder: Path, name: str, content: bytes = b"Subject: x\n\nhello\n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(folder: Path, *, documents: bool = False) -> list[str]:
    return [str(Path(name).relative_to(folder)) for name in walk([str(folder)], documents=documents)]


def test_a_folder_is_walked_sorted_and_to_the_bottom(tmp_path: Path) -> None:
    for name in ("b.eml", "a.eml", "z/c.EML", "k/y/d.mbox", "notes.txt", "logo.png"):
        put(tmp_path, name)
    assert names(tmp_path) == ["a.eml", "b.eml", "k/y/d.mbox", "z/c.EML"]


def test_a_maildir_is_a_folder_of_mails(tmp_path: Path) -> None:
    for name in ("cur/1700.a:2,S", "new/1701.b", "tmp/1702.c"):
        put(tmp_path, name)
    assert names(tmp_path) == ["cur/1700.a:2,S", "new/1701.b"]


def test_documents_are_looked_for_instead_of_mails(tmp_path: Path) -> None:
    for name in ("a.eml", "b.txt", "c.html", "d.pdf"):
        put(tmp_path, name)
    assert names(tmp_path, documents=True) == ["b.txt", "c.html", "d.pdf"]


def test_a_folder_that_leads_into_itself_ends(tmp_path: Path) -> None:
    put(tmp_path, "a.eml")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert names(tmp_path) == ["a.eml"]


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    put(tmp_path, "a.eml")
    os.mkfifo(tmp_path / "b.eml")
    assert names(tmp_path) == ["a.eml"]


def test_a_link_in_a_folder_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.eml").symlink_to(tmp_path / "gone")
    assert names(tmp_path) == ["a.eml"]


def test_a_folder_that_can_not_be_entered_is_named_with_the_reason(tmp_path: Path) -> None:
    put(tmp_path, "a.eml")
    place, depth = os.open(tmp_path, os.O_RDONLY), 0
    while depth < 20:  # beyond what a path may hold; root may enter all others
        os.mkdir("x" * 250, dir_fd=place)
        below = os.open("x" * 250, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place, depth = below, depth + 1
    os.close(place)
    first, last = walk([str(tmp_path)], documents=False)
    assert first == str(tmp_path / "a.eml")
    assert [found.error for found in read_mails(last, LIMIT)] == ["File name too long"]


def test_line_ends_become_those_of_the_wire(tmp_path: Path) -> None:
    path = put(tmp_path, "a.eml", b"A: 1\nB: 2\r\n\nx\n")
    assert [found.raw for found in read_mails(str(path), LIMIT)] == [b"A: 1\r\nB: 2\r\n\r\nx\r\n"]


def test_an_mbox_is_read_mail_by_mail(tmp_path: Path) -> None:
    content = b"From a\nS: 1\n\none\n>From the start\n>>From twice\n\nFrom b\nS: 2\n\nFrom here on\n"
    found = list(read_mails(str(put(tmp_path, "m", content)), LIMIT))
    assert [one.name.rpartition("/")[2] for one in found] == ["m:1", "m:2"]
    assert found[0].raw == b"S: 1\r\n\r\none\r\nFrom the start\r\n>From twice\r\n\r\n"
    assert found[1].raw == b"S: 2\r\n\r\nFrom here on\r\n"


def test_from_within_a_line_or_a_paragraph_ends_no_mail(tmp_path: Path) -> None:
    content = b"From a\nS: 1\n\nx\nFrom where I stand\n" + b"y" * (LINE_BYTES * 2 - 1) + b"From \n"
    assert len(list(read_mails(str(put(tmp_path, "m", content)), LIMIT * 10))) == 1


def test_a_mail_larger_than_the_gateway_takes_is_named_and_not_kept(tmp_path: Path) -> None:
    large = put(tmp_path, "large.eml", b"S: 1\n\n" + b"x" * LIMIT)
    box = put(tmp_path, "m", b"From a\nS: 1\n\n" + b"x\n" * LIMIT + b"\nFrom b\nS: 2\n\nsmall\n")
    assert "larger than" in next(read_mails(str(large), LIMIT)).error
    first, second = read_mails(str(box), LIMIT)
    assert "larger than" in first.error
    assert second.raw == b"S: 2\r\n\r\nsmall\r\n"


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n"])
def test_an_empty_file_is_no_mail(content: bytes, tmp_path: Path) -> None:
    path = put(tmp_path, "a.eml", content)
    assert list(read_mails(str(path), LIMIT)) == [Found(str(path), error="empty")]


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    (found,) = read_mails(str(tmp_path / "none.eml"), LIMIT)
    assert found.error == "No such file or directory"


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.pdf", "a.png"])
def test_a_document_is_no_mail(name: str, tmp_path: Path) -> None:
    (found,) = read_mails(str(put(tmp_path, name)), LIMIT)
    assert "--medium" in found.error


def test_a_mail_is_no_document(tmp_path: Path) -> None:
    error = read_document(str(put(tmp_path, "a.eml")), LIMIT).error
    assert error.startswith("not a document or picture; expected one of ")


def test_documents_are_read_as_they_are(tmp_path: Path) -> None:
    assert read_document(str(put(tmp_path, "a.txt", b"Hi\n")), LIMIT).raw == b"Hi\n"
    assert "larger" in read_document(str(put(tmp_path, "b.txt", b"x" * (LIMIT + 1))), LIMIT).error
    assert read_document(str(put(tmp_path, "c.txt", b"")), LIMIT).error == "empty"
    assert read_document(str(tmp_path / "none.txt"), LIMIT).error == "No such file or directory"
