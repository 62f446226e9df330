"""A damaged database, and a file system that can't be written: said plainly, and nothing is made worse."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kit.gateway import Gateway
from kit.peers import missing, require
from kit.smtp_sink import Sink
from kit.submit import mail, submit

OFFER = "Your parcel is on its way. This week you get 20% off all our desk lamps.\r\n"
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 9; shift; exec "$@"'


async def test_a_database_damaged_while_it_is_used_costs_no_mail_and_is_not_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "gatepost.db"
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port) as gateway:
        for number in range(20):
            assert (await submit(gateway.port, mail(OFFER, id=f"held{number}")))[0] == 250
        inode = file.stat().st_ino
        damage(file)
        damage(file.with_name("gatepost.db-wal"))
        answers = [await submit(gateway.port, mail(id=f"later{number}")) for number in range(10)]
        assert {code for code, _ in answers} <= {250, 451}
        assert len(sink.received) == sum(code == 250 for code, _ in answers)
        assert file.stat().st_ino == inode
        await gateway.kill()
    damaged = file.read_bytes()
    status, _, error = await gateway.run("serve")
    assert (status, "Traceback" in error) == (2, False)
    assert "damaged" in error
    assert str(file) in error
    assert file.read_bytes() == damaged


def damage(file: Path) -> None:
    """Overwrite all pages, the first among them, where the file stands."""
    with file.open("r+b") as opened:
        size = opened.seek(0, 2)
        opened.seek(0)
        opened.write(b"\xde\xad" * (size // 2))


@pytest.mark.peer
def test_on_a_file_system_that_can_not_be_written_it_does_not_start(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path)
    gateway.write_config()
    serve = (sys.executable, "-m", "gatepost", "serve", "--config", str(gateway.file))
    ended = subprocess.run(
        [require("unshare"), "-rm", "sh", "-c", READ_ONLY, "sh", str(tmp_path), *serve],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "unshare failed" in ended.stderr or ended.returncode == 9:
        missing("a mount namespace of one's own")
    assert ended.returncode == 2
    assert "read-only" in ended.stderr.lower()
    assert "Traceback" not in ended.stderr
