"""A real PostgreSQL of one's own: in a folder of its own, on a Unix socket there, ended with the tests."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any, Self

import psycopg

from kit.certificates import ServerCertificate
from kit.peers import missing

START_SECONDS = 60
BINARIES = Path("/usr/lib/postgresql")
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "1h",
    "log_min_messages": "fatal",
}
_PR_SET_PDEATHSIG = 1


def program(name: str) -> Path:
    """The newest of that program; without it the test is skipped by name."""
    found = sorted(BINARIES.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which(name)
    if not found and on_path is None:
        missing("PostgreSQL")
    return found[-1] if found else Path(str(on_path))


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


class Server:
    """`with Server() as server:`; `server.new()` is the URL of an empty place for tables."""

    def __init__(
        self,
        *,
        safe: bool = False,
        settings: dict[str, str] | None = None,
        certificate: ServerCertificate | None = None,
    ) -> None:
        """With `safe` it syncs as in earnest; without, it is quick."""
        self._certificate = certificate
        self._postgres, self._initdb = program("postgres"), program("initdb")
        syncs = "on" if safe else "off"
        self._settings = SETTINGS | {"fsync": syncs, "full_page_writes": syncs} | (settings or {})
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._take_folder()
        self._make()
        self._take_certificate()
        self.start()
        return self

    def _take_folder(self) -> None:
        # Not pytest's own folder: the server drops root's rights, and a socket's path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="gatepost-pg-"))
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL does not run as root
            user = _unprivileged()
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid}

    def _make(self) -> None:
        """Make its files: an empty cluster."""
        self._call(
            self._initdb, "-U", "gatepost", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )

    def _call(self, program: Path, *arguments: str) -> None:
        """Run a program that fills the data folder."""
        made = subprocess.run(
            [str(program), "-D", str(self.folder / "data"), *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **self._as,
        )
        assert made.returncode == 0, made.stderr

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _take_certificate(self) -> None:
        """Give the server a copy of its key that is its own, as it demands."""
        if self._certificate:
            for name, source in (("cert", self._certificate.certificate), ("key", self._certificate.key)):
                target = self.folder / name
                target.write_bytes(source.read_bytes())
                target.chmod(0o600)
                os.chown(target, self._as.get("user", -1), self._as.get("group", -1))
                self._settings[f"ssl_{name}_file"] = str(target)

    @property
    def log(self) -> str:
        """What the server said."""
        return (self.folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start it (again) and wait until it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it without waiting. It ends with the thread that calls this."""
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._postgres, "-D", self.folder / "data", "-k", self.folder, *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,
                **self._as,
            )

    def wait(self) -> None:
        """Wait until it answers."""
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self.run(self.url("public"), "SELECT 1")
                return
            except psycopg.OperationalError:
                assert self._process.poll() is None, self.log
                assert time.monotonic() < until, self.log
                time.sleep(0.02)

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it: SIGINT closes what is open and stops, SIGQUIT stops as after a crash."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(60)
            self._process = None

    def kill(self) -> None:
        """As the kernel would when memory is out: kill -9 for the server and each of its processes."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for process in (self._process.pid, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait(60)
        self._process = None
        for child in children:
            while Path(f"/proc/{child}").exists():
                time.sleep(0.005)

    def pause(self) -> None:
        """Let every process of the server stand still, as a machine does that hangs."""
        self._signal_all(signal.SIGSTOP)

    def go_on(self) -> None:
        """End the pause."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: int) -> None:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for process in (self._process.pid, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def url(self, schema: str) -> str:
        """How to connect; what is made lies in `schema`, apart from what other tests make."""
        port = self._settings.get("port", "5432")
        return (
            f"postgresql://gatepost@/postgres?host={self.folder}&port={port}&options=-csearch_path%3D{schema}"
        )

    def new(self) -> str:
        """The URL of an empty place for tables; it goes with the server."""
        name = f"test_{next(self._numbers)}"
        self.run(self.url("public"), f"CREATE SCHEMA {name}")
        return self.url(name)

    def run(self, url: str, sql: str) -> list[tuple[object, ...]]:
        """Another program's statement; its rows."""
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []


class Standby(Server):
    """A copy that follows another server; every commit there waits for it, until `promote()`."""

    def __init__(self, of: Server) -> None:
        super().__init__(safe=True)
        self._of = of

    def _make(self) -> None:
        here = ("-h", str(self._of.folder), "-U", "gatepost")
        self._call(program("pg_basebackup"), *here, "-R", "--checkpoint=fast")

    def start(self) -> None:
        super().start()
        self._of.run(self._of.url("public"), "ALTER SYSTEM SET synchronous_standby_names = '*'")
        self._of.run(self._of.url("public"), "SELECT pg_reload_conf()")

    def promote(self) -> None:
        """Make it the one that takes writes."""
        self.run(self.url("public"), "SELECT pg_promote()")


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    missing("an unprivileged user for PostgreSQL")


_mine: contextlib.ExitStack | None = None
_server: Server | None = None


def shared() -> Server:
    """This test process's own server, started when it is first wanted; `end_shared()` ends it."""
    global _mine, _server
    if _server is None:
        stack = contextlib.ExitStack()
        _server, _mine = stack.enter_context(Server()), stack
    return _server


def end_shared() -> None:
    """End the server of this test process, if it has one."""
    global _mine, _server
    if _mine is not None:
        _mine.close()
        _mine = _server = None
