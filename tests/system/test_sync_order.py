"""What the system calls show: a held mail's 250 is written after the store was synced to the disk.

kill -9 can't show this: the page cache survives it. With synchronous=NORMAL there is no sync at all here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kit.gateway import Gateway
from kit.peers import require
from kit.submit import mail, submit

OFFER = "This week you get 20% off all our desk lamps with the code LAMP20 at checkout.\r\n"
MAILS = 20


@pytest.mark.peer
async def test_a_held_mail_is_on_the_disk_before_its_250(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    calls = "trace=fdatasync,fsync,recvfrom,recvmsg,read,sendto,sendmsg,write"
    # As the gateway's own grandchild (-D): once it runs it lets nobody trace it any more.
    strace = (require("strace"), "-D", "-f", "-q", "-s", "2000", "-e", calls, "-o", str(trace))
    async with Gateway(tmp_path, prefix=strace) as gateway:
        for number in range(MAILS):
            code, text = await submit(gateway.port, mail(OFFER + f"{number}\r\n", id=str(number)))
            assert (code, "Held for review" in text) == (250, True)
    assert synced_before_reply(trace.read_text(errors="replace")) == [True] * MAILS


def synced_before_reply(trace: str) -> list[bool]:
    """For each mail read to its end, whether a sync had ended before its "Held" was written."""
    found: list[bool] = []
    synced: bool | None = None  # None: no mail is waiting for its reply
    for line in trace.splitlines():
        if r"\r\n.\r\n" in line and re.search(r"\b(?:recvfrom|recvmsg|read)\b", line):
            synced = False
        elif synced is False and re.search(r"\bf(?:data)?sync\b.*= 0$", line):
            synced = True
        elif "250 2.0.0 Held for review" in line and synced is not None:
            found.append(synced)
            synced = None
    return found


def test_a_reply_before_the_sync_would_be_seen() -> None:
    read = r'7 recvfrom(9, "bye\r\n.\r\n", 65536) = 8'
    reply, sync = '7 sendto(9, "250 2.0.0 Held for review x")', "8 fdatasync(11) = 0"
    assert synced_before_reply("\n".join([sync, read, reply, sync, read, sync, reply])) == [False, True]
