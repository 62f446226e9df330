from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gatepost.daemon import sd
from kit.peers import require


def test_without_a_service_manager_nothing_happens() -> None:
    assert sd.notify(sd.READY, environ={}) is False
    assert sd.watchdog_seconds({}) is None
    assert sd.listen_sockets({}) == {}


def test_states_arrive_at_the_managers_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(5)
        assert sd.notify(sd.READY, "STATUS=up", environ={"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert manager.recv(100) == b"READY=1\nSTATUS=up"


def test_an_abstract_socket_is_reached() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("")  # the system chooses an abstract name
        manager.settimeout(5)
        name = manager.getsockname().replace(b"\0", b"@", 1).decode()
        assert sd.notify(sd.STOPPING, environ={"NOTIFY_SOCKET": name})
        assert manager.recv(100) == b"STOPPING=1"


def test_a_manager_that_has_gone_stops_nothing(tmp_path: Path) -> None:
    assert sd.notify(sd.ALIVE, environ={"NOTIFY_SOCKET": str(tmp_path / "gone")}) is False


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_fed_twice_in_its_time(environ: dict[str, str], seconds: float | None) -> None:
    assert sd.watchdog_seconds(environ) == seconds


def test_sockets_of_another_process_are_not_taken() -> None:
    environ = {"LISTEN_PID": "1", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "smtp:site", "X": "y"}
    assert sd.listen_sockets(environ) == {}
    assert environ == {"X": "y"}


def test_a_reload_tells_when_it_began() -> None:
    assert sd.reloading(12) == ("RELOADING=1", "MONOTONIC_USEC=12")


PROGRAM = """
import os
from gatepost.daemon import sd
passed = sd.listen_sockets()
print({name: [s.getsockname()[0] for s in sockets] for name, sockets in passed.items()}, flush=True)
"""


@pytest.mark.peer
def test_a_real_activation_hands_the_socket_over() -> None:
    activate = require("systemd-socket-activate")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [activate, "--fdname=smtp", "-l", f"127.0.0.1:{port}", "-E", "PYTHONPATH=" + ":".join(sys.path)]
    with subprocess.Popen(
        [*command, sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()  # "Listening on …": connections are taken from now on
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            out, _ = process.communicate(timeout=20)
    assert out.strip() == "{'smtp': ['127.0.0.1']}"
