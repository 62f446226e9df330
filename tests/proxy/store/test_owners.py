from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from gatepost.errors import StoreError
from gatepost.store.engine import NO_PARAMS, Params, Row
from gatepost.store.owners import LockedOwners, Nobody

OTHER = """
import sys
from pathlib import Path
from gatepost.store.owners import LockedOwners
owners = LockedOwners(Path(sys.argv[1]), "other")
print(owners.me, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "owners"


def test_an_owner_is_alive_until_it_leaves(folder: Path) -> None:
    one, other = LockedOwners(folder, "w"), LockedOwners(folder, "w")
    assert one.me != other.me
    assert one.alive(one.me)
    assert other.alive(one.me)
    one.leave()
    assert not other.alive(one.me)
    assert not one.alive(one.me)
    assert [file.name for file in folder.iterdir()] == [other.me]
    other.leave()


def test_a_process_is_alive_until_it_is_killed(folder: Path) -> None:
    mine = LockedOwners(folder, "w")
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        theirs = process.stdout.readline().strip()
        assert mine.alive(theirs)
        process.kill()
        process.wait(30)
        assert not mine.alive(theirs)
    mine.leave()


FORKING = """
import os, sys, time
from pathlib import Path
from gatepost.store.owners import LockedOwners
owners = LockedOwners(Path(sys.argv[1]), "parent")
began, begin = os.pipe()
if os.fork() == 0:  # holds copies of the parent's descriptors until it is told to end
    os.write(begin, b"!")
    sys.stdin.readline()
    os._exit(0)
os.read(began, 1)
print(owners.me, flush=True)
os._exit(0)
"""


def test_a_child_that_outlives_its_parent_does_not_keep_it_alive(folder: Path) -> None:
    mine = LockedOwners(folder, "w")
    with subprocess.Popen(
        [sys.executable, "-c", FORKING, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        parent = process.stdout.readline().strip()
        process.wait(30)  # the child goes on until its input ends
        assert (folder / parent).exists()
        assert not mine.alive(parent)
        process.stdin.close()
    mine.leave()


def test_a_sweep_removes_the_files_of_the_dead_only(folder: Path) -> None:
    dead, living, mine = (LockedOwners(folder, name) for name in ("dead", "living", "mine"))
    dead.die()
    mine.sweep()
    assert {file.name for file in folder.iterdir()} == {living.me, mine.me}
    living.leave()
    mine.leave()


def test_a_name_never_heard_of_is_dead_and_no_name_leads_out_of_the_folder(folder: Path) -> None:
    mine = LockedOwners(folder, "w")
    assert not mine.alive("never-heard-of")
    assert not mine.alive("../../etc/passwd")
    mine.leave()


def test_a_file_that_can_not_be_opened_counts_as_alive(folder: Path) -> None:
    mine = LockedOwners(folder, "w")
    (folder / "odd").mkdir()
    assert mine.alive("odd")
    mine.leave()


def test_without_a_folder_nobody_becomes_an_owner(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        LockedOwners(tmp_path / "missing" / "owners", "w")


def test_the_lock_file_is_private(folder: Path) -> None:
    owners = LockedOwners(folder, "w")
    assert (folder / owners.me).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    owners.leave()


def test_nobody_owns_nothing_and_takes_nothing() -> None:
    nobody = Nobody()
    assert nobody.me == ""
    assert list(nobody.living(NO_TX, ["anyone", ""])) == ["anyone"]
    nobody.fence(NO_TX)


def test_the_living_are_those_whose_lock_is_held(folder: Path) -> None:
    one, other = LockedOwners(folder, "w"), LockedOwners(folder, "w")
    other.die()
    assert list(one.living(NO_TX, [one.me, other.me, "never-heard-of"])) == [one.me]
    one.leave()


class NoTx:
    """Fails whoever asks the database: who is alive on one machine is the kernel's to say."""

    def execute(self, sql: str, params: Params = NO_PARAMS) -> Sequence[Row]:
        raise AssertionError(sql)

    def change(self, sql: str, params: Params = NO_PARAMS) -> int:
        raise AssertionError(sql)

    def alone(self, part: str) -> None:
        raise AssertionError(part)


NO_TX = NoTx()
