from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gatepost.config.schema import Store as Settings
from gatepost.errors import ConfigError
from gatepost.store import FileHome, home_of
from gatepost.store.serverhome import ServerHome


def test_without_a_url_the_home_is_the_file(tmp_path: Path) -> None:
    home = home_of(Settings(path=tmp_path / "x.db"))
    assert isinstance(home, FileHome)
    assert (home.path, home.is_there()) == (tmp_path / "x.db", False)


def test_with_a_url_the_home_is_the_server_and_the_password_comes_from_its_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")
    url = "postgresql://gatepost@db.example/mail"
    home = home_of(Settings(database_url=url, database_password_file=secret, node_lease_seconds=7))
    assert isinstance(home, ServerHome)
    assert (home._password, home._lease) == ("hunter2", 7)
    assert "hunter2" not in home.name


def test_without_the_program_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "gatepost.store.serverhome")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match=r"pip install 'gatepost\[postgres\]'"):
        home_of(Settings(database_url="postgresql:///mail"))
