from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from gatepost.config import Config, read_secret, relay_password
from gatepost.config.schema import DkimKey, Relay, RelayAuth, Route, Store
from gatepost.config.secrets import MAX_SECRET_BYTES, database_password, missing_password, unreadable
from gatepost.errors import ConfigError


def test_a_secret_is_the_files_text_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b" pass word \r\n")
    assert read_secret(file) == " pass word "


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xff", "not UTF-8"),
        (b"x" * (MAX_SECRET_BYTES + 1), "too large for a secret"),
    ],
)
def test_an_unusable_secret_is_refused_without_echo(content: bytes, why: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_secret(file)
    assert str(caught.value) == f"{file}: {why}"


def test_a_missing_secret_names_its_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="none: can't be read: No such file"):
        read_secret(tmp_path / "none")


def test_the_password_of_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("from file")
    relay = Relay(host="h", auth=RelayAuth.OWN, username="u", password_file=tmp_path / "p")
    assert relay_password(relay) == "from file"
    assert relay_password(relay.model_copy(update={"password": SecretStr("given")})) == "given"


def test_a_changed_password_file_counts_at_once(tmp_path: Path) -> None:
    relay = Relay(host="h", auth=RelayAuth.OWN, username="u", password_file=tmp_path / "p")
    (tmp_path / "p").write_text("old")
    assert relay_password(relay) == "old"
    (tmp_path / "p").write_text("new")
    assert relay_password(relay) == "new"


def test_the_database_s_password_is_the_environment_s_or_the_file_s_or_none(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("from file")
    store = Store(database_password_file=tmp_path / "p")
    assert database_password(Store()) is None
    assert database_password(store) == "from file"
    assert database_password(store.model_copy(update={"database_password": SecretStr("given")})) == "given"


def test_a_relay_without_its_password_is_found() -> None:
    relay = Relay(host="h", auth=RelayAuth.OWN, username="u")
    config = Config(relay=relay, routes=(Route(sender_domains=("a.example",), relay=relay),))
    assert [key for key, _ in missing_password(config)] == [("relay", "auth"), ("routes", 0, "relay", "auth")]
    with pytest.raises(ConfigError, match="has no password"):
        relay_password(relay)


def test_files_in_lists_are_looked_at_too(tmp_path: Path) -> None:
    key = DkimKey(domain="a.example", selector="s", key_file=tmp_path / "none.pem")
    config = Config.model_validate({"dkim": {"keys": [key]}})
    assert [found for found, _ in unreadable(config)] == [("dkim", "keys", 0, "key_file")]


def test_a_credential_that_nobody_passed_is_told() -> None:
    relay = Relay(host="h", password_file=Path("credential:relay-password"))
    ((key, why),) = unreadable(Config(relay=relay))
    assert key == ("relay", "password_file")
    assert why.startswith("no such credential: $CREDENTIALS_DIRECTORY is not set")
