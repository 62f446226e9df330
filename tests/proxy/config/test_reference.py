from __future__ import annotations

from gatepost.config.keys import leaves
from gatepost.config.reference import HEAD, table

ROWS = table().splitlines()[len(HEAD) :]


def test_every_key_has_one_row_in_the_order_of_the_schema() -> None:
    keys = [row.split("`")[1] for row in ROWS]
    assert [key for key in keys if "[]" not in key] == [".".join(map(str, key)) for key in leaves()]
    assert "routes[].sender_domains" in keys


def test_every_row_says_what_the_key_means() -> None:
    assert [row for row in ROWS if row.endswith("|  |")] == []
    assert all(row.count("|") == 4 for row in ROWS)


def test_defaults_are_shown_as_they_would_be_written() -> None:
    rows = {row.split("`")[1]: row.split(" | ")[1] for row in ROWS}
    assert rows["workers"] == "`1`"
    assert rows["relay.host"] == "must be given"
    assert rows["relay.ca_file"] == "none"
    assert rows["smtp.trusted_networks"] == '`["127.0.0.0/8", "::1/128"]`'
