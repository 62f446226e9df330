from __future__ import annotations

import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from gatepost_policies.facts.addresses import MAX_FIELD
from kit import pictures
from kit.bombs import nested
from kit.command import command
from kit.outgoing import BUYER, ORDER, compliant, mail, with_link

KEYS = ["file", "edition", "action", "purpose", "language", "order_ids", "findings", "links"]
FINDING_KEYS = ["rule", "category", "clause", "action", "mode", "evidence", "part", "start", "end", "fix"]


def put(folder: Path, name: str, raw: bytes) -> Path:
    path = folder / name
    path.write_bytes(raw)
    return path


def test_a_compliant_mail_passes(tmp_path: Path) -> None:
    done = command("check", "--json", put(tmp_path, "a.eml", compliant()))
    assert done.status == 0
    assert [row["action"] for row in done.rows] == ["relay"]
    assert done.rows[0]["order_ids"] == [ORDER]


def test_the_keys_stand_in_the_contracts_order(tmp_path: Path) -> None:
    done = command("check", "--json", put(tmp_path, "a.eml", with_link()))
    (row,) = done.rows
    assert list(row) == KEYS
    assert list(row["findings"][0]) == FINDING_KEYS
    assert list(row["links"][0]) == ["url", "host", "shown", "allowed", "why"]


def test_a_link_to_a_shop_is_refused_with_its_words(tmp_path: Path) -> None:
    done = command("check", "--json", put(tmp_path, "a.eml", with_link()))
    assert done.status == 1
    (row,) = done.rows
    assert row["action"] == "reject"
    (finding,) = [each for each in row["findings"] if each["category"] == "external-link"]
    assert "shop.example" in finding["evidence"]
    assert finding["end"] - finding["start"] == len(finding["evidence"])


def test_the_others_are_judged_beside_an_unreadable_file(tmp_path: Path) -> None:
    good = put(tmp_path, "a.eml", compliant())
    done = command("check", "--json", tmp_path / "none.eml", good)
    assert done.status == 2
    assert done.rows[0] == {"file": str(tmp_path / "none.eml"), "error": "No such file or directory"}
    assert done.rows[1]["file"] == str(good)


def test_an_unreadable_file_is_told_on_stderr_to_people(tmp_path: Path) -> None:
    done = command("check", tmp_path / "none.eml")
    assert (done.status, done.out) == (2, "")
    assert done.err == f"gatepost: {tmp_path / 'none.eml'}: No such file or directory\n"


def test_a_mail_to_no_buyer_passes_untouched(tmp_path: Path) -> None:
    raw = mail("see https://shop.example/spares", to="someone@example.org")
    done = command("check", "--json", put(tmp_path, "a.eml", raw))
    assert done.status == 0
    assert (done.rows[0]["action"], done.rows[0]["findings"], done.rows[0]["links"]) == ("relay", [], [])


def test_a_recipient_on_the_command_line_counts_instead_of_the_header(tmp_path: Path) -> None:
    to_friend = put(tmp_path, "a.eml", mail("see https://shop.example/x", to="someone@example.org"))
    to_buyer = put(tmp_path, "b.eml", with_link())
    assert command("check", "--rcpt", BUYER, to_friend).status == 1
    assert command("check", "--rcpt", "x@example.org", "--rcpt", "y@example.org", to_buyer).status == 0


def test_a_recipient_with_a_slip_of_the_pen_is_bad_usage(tmp_path: Path) -> None:
    done = command("check", "--rcpt", "buyer@marketplace..amazon.com", put(tmp_path, "a.eml", compliant()))
    assert done.status == 2
    assert "marketplace..amazon.com" in done.err


def test_a_buyer_in_copy_counts(tmp_path: Path) -> None:
    raw = mail("https://shop.example/x", to="someone@example.org", headers=(f"Cc: The Buyer <{BUYER}>",))
    assert command("check", put(tmp_path, "a.eml", raw)).status == 1


def test_a_field_without_end_is_cut(tmp_path: Path) -> None:
    raw = mail("hello", to=f"{BUYER}, " + "x@example.org, " * MAX_FIELD + "z@example.org")
    assert command("check", "--json", put(tmp_path, "a.eml", raw)).rows[0]["order_ids"] == [ORDER]


def test_a_mail_with_more_parts_than_are_read_is_refused_as_smtp_does(tmp_path: Path) -> None:
    done = command("check", "--json", put(tmp_path, "a.eml", nested()), "--rcpt", BUYER)
    (row,) = done.rows
    assert (done.status, row["action"]) == (1, "reject")
    assert (row["findings"][0]["category"], row["findings"][0]["mode"]) == ("unreadable-content", "enforce")


def test_an_unknown_edition_is_bad_usage(tmp_path: Path) -> None:
    done = command("check", "--edition", "amazon-2018-01", put(tmp_path, "a.eml", compliant()))
    assert done.status == 2
    assert "amazon-2018-10" in done.err


def test_without_a_path_the_usage_is_shown() -> None:
    done = command("check")
    assert done.status == 2
    assert "PATH" in done.err


@pytest.mark.parametrize("medium", ["insert", "packing-slip"])
def test_what_lies_in_the_parcel_is_judged_too(medium: str, tmp_path: Path) -> None:
    put(tmp_path, "a.txt", b"Thank you for your order.\n")
    put(tmp_path, "b.eml", b"Subject: no document\n\n")
    done = command("check", "--json", "--medium", medium, tmp_path / "a.txt", tmp_path / "b.eml")
    assert done.status == 2
    assert list(done.rows[0]) == KEYS
    assert done.rows[1]["error"].startswith("not a document or picture")


@pytest.mark.parametrize(
    ("name", "content", "rules"),
    [
        (
            "card.pdf",
            pictures.pdf("Leave us a 5 star review and get a $10 gift card"),
            {"d4c-positive-only", "d4h-compensation"},
        ),
        ("logo.png", pictures.picture("www.lampshop.com"), {"p1-external-link", "p3-linked-logo"}),
        ("qr.png", pictures.code("https://lampshop.com/x"), {"p1-external-link", "p3-linked-logo"}),
        ("card.docx", pictures.docx("Get 20% off your next order"), {"p4-marketing"}),
        ("okay.png", pictures.picture("Lamp Shop"), set()),
        ("broken.pdf", b"%PDF-1.7 broken", {"g1-unread-file"}),
    ],
)
def test_inserts_are_read_whatever_they_are(
    name: str, content: bytes, rules: set[str], tmp_path: Path
) -> None:
    done = command("check", "--json", "--medium", "insert", put(tmp_path, name, content))
    assert {finding["rule"] for finding in done.rows[0]["findings"]} == rules
    assert done.status == (1 if rules else 0)


def test_what_goes_with_a_mail_is_read(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = "k3v9x2m7q4w8z1p@marketplace.amazon.com", "Re: Order 112-1234567-1234567"
    mail.set_content("Here is the invoice for your lamp.")
    mail.add_attachment(
        pictures.code("https://lampshop.com/x"), maintype="image", subtype="png", filename="a.png"
    )
    done = command("check", "--json", put(tmp_path, "a.eml", mail.as_bytes()))
    assert {finding["category"] for finding in done.rows[0]["findings"]} >= {"linked-logo"}


def test_people_get_the_words_and_the_way_out(tmp_path: Path) -> None:
    path = put(tmp_path, "a.eml", with_link())
    lines = command("check", path).out.splitlines()
    assert lines[0].startswith(f"{path}: reject (")
    assert any('"https://shop.example/spares"' in line for line in lines)


def test_no_control_of_a_mail_reaches_the_terminal(tmp_path: Path) -> None:
    raw = mail("see https://shop.example/\x1b]0;owned\x07 and www.shop-spares.com/\x1b[31mred")
    done = command("check", put(tmp_path, "a\x1b[31m.eml", raw))
    assert done.status == 1
    assert not set(done.out) & {"\x1b", "\x07"}


def test_a_name_that_is_no_text_still_gives_json(tmp_path: Path) -> None:
    folder = bytes(tmp_path)
    with open(folder + b"/\xff.eml", "wb") as file:
        file.write(compliant())
    assert command("check", "--json", tmp_path).rows[0]["file"].endswith("/\udcff.eml")


def test_stdin_is_a_source() -> None:
    arguments = [sys.executable, "-m", "gatepost", "check", "--json", "-"]
    done = subprocess.run(arguments, input=with_link(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith(b'{"file": "-", ')
