from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gatepost.cli.requests import MAX_FAULTS, read_requests
from gatepost.errors import ConfigError

ONE, TWO = "112-1234567-1234567", "028-7654321-7654321"


def put(folder: Path, text: str) -> Path:
    path = folder / "requests.csv"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\n{TWO}\n",
        f"\ufeff{ONE}\r\n\r\n# note\r\n{TWO}",
        f"amazon-order-id\n{ONE}\n{TWO}\n",
        f"order-id,when\n{ONE},2026-11-01\n{TWO},\n",
        f'"{ONE}";2026-11-01;by hand\n"{TWO}";;\n',
        f"{ONE}\t2026-11-01T10:00:00+02:00\n{TWO}\n",
    ],
    ids=["plain", "windows", "header", "commas", "semicolons", "tabs"],
)
def test_orders_are_read_from_any_usual_list(text: str, tmp_path: Path) -> None:
    assert [request.order for request in read_requests(put(tmp_path, text))] == [ONE, TWO]


def test_a_date_and_a_note_are_kept(tmp_path: Path) -> None:
    (request,) = read_requests(put(tmp_path, f"{ONE},2026-11-01,Seller Central\n"))
    assert (request.at, request.note) == (datetime(2026, 11, 1, tzinfo=UTC), "Seller Central")


def test_every_wrong_line_is_named_and_nothing_counts(tmp_path: Path) -> None:
    path = put(tmp_path, f"{ONE}\n112-123\n{TWO},yesterday\n")
    with pytest.raises(ConfigError) as caught:
        read_requests(path)
    assert str(caught.value).splitlines() == [
        f"{path}:2: not an order ID: '112-123'; expected like 112-1234567-1234567",
        f"{path}:3: not a date: 'yesterday'; expected like 2026-11-23",
    ]


def test_a_file_that_is_something_else_gives_a_bounded_complaint(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_requests(put(tmp_path, "x\n" * 1_000))
    assert len(str(caught.value).splitlines()) == MAX_FAULTS + 1


def test_an_open_quotation_mark_swallows_one_line_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"csv:1: not an order ID") as caught:
        read_requests(put(tmp_path, f'"{ONE}x\n{TWO}\n'))
    assert len(str(caught.value).splitlines()) == 1


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        read_requests(tmp_path / "none")
    (tmp_path / "b").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_requests(tmp_path / "b")
