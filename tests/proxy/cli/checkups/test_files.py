from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.cli.checkups.files import configuration, secrets
from gatepost.cli.checkups.found import State
from gatepost.config import load

OWN = "relay: {{host: h, auth: own, username: u, password_file: {}}}\n"


def put(folder: Path, name: str, text: str, mode: int = 0o600) -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("mode", "state"), [(0o644, State.OK), (0o664, State.PROBLEM), (0o646, State.PROBLEM)]
)
def test_only_its_owner_may_change_the_configuration(mode: int, state: State, tmp_path: Path) -> None:
    loaded = load(put(tmp_path, "c.yaml", "", mode), {})
    assert [found.state for found in configuration(loaded)] == [state]


def test_without_a_file_there_is_nothing_to_guard() -> None:
    assert [found.state for found in configuration(load(None, {}))] == [State.OK]


@pytest.mark.parametrize(
    ("mode", "state"), [(0o600, State.OK), (0o640, State.OK), (0o644, State.PROBLEM), (0o660, State.PROBLEM)]
)
def test_a_secret_is_closed_to_others(mode: int, state: State, tmp_path: Path) -> None:
    secret = put(tmp_path, "secret", "x", mode)
    config = load(put(tmp_path, "c.yaml", OWN.format(secret)), {}).config
    assert [found.state for found in secrets(config)] == [state]


def test_a_missing_secret_is_told_once(tmp_path: Path) -> None:
    config = load(put(tmp_path, "c.yaml", OWN.format(tmp_path / "none")), {}).config
    assert [(found.subject, found.state) for found in secrets(config)] == [
        ("relay.password_file", State.PROBLEM)
    ]


def test_a_login_without_a_password_is_told(tmp_path: Path) -> None:
    config = load(put(tmp_path, "c.yaml", "relay: {host: h, auth: own, username: u}\n"), {}).config
    assert [found.subject for found in secrets(config)] == ["relay.auth"]
