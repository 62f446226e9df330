"""A real gateway in a process of its own, on free ports of loopback, its state in the test's folder."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

START_SECONDS = 90


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `over` put into it, section by section."""
    result = dict(base)
    for key, value in over.items():
        inner = result.get(key)
        result[key] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return result


@dataclass
class Gateway:
    """`async with Gateway(tmp_path, relay=sink.port) as gateway:`; `config` is merged over the plain one."""

    folder: Path
    relay: int | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()  # a program that runs the gateway's own command
    events: list[dict[str, Any]] = field(default_factory=list)
    smtp: list[tuple[str, int]] = field(default_factory=list)
    site: str = ""

    @property
    def file(self) -> Path:
        """The configuration file."""
        return self.folder / "gatepost.yaml"

    @property
    def port(self) -> int:
        """The first listener's port."""
        return self.smtp[0][1]

    async def __aenter__(self) -> Self:
        self.write_config()
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    def write_config(self) -> None:
        """Write the configuration as it is now."""
        plain: dict[str, Any] = {
            "smtp": {"hostname": "gate.example", "listeners": [{"address": "127.0.0.1:0", "tls": "none"}]},
            "store": {"path": str(self.folder / "gatepost.db")},
            "site": {"address": "127.0.0.1:0"},
            "vision": {"warm": False},  # few tests send pictures; loading costs seconds
            "delivery": {"retry_seconds": [1], "round_seconds": 0.2},
        }
        if self.relay is not None:
            plain["relay"] = {"host": "127.0.0.1", "port": self.relay, "tls": "none"}
        self.file.write_text(yaml.safe_dump(merged(plain, self.config)), encoding="utf-8")

    async def start(self) -> None:
        """Start the process and wait until it listens."""
        self.smtp = []
        environ = {key: value for key, value in os.environ.items() if not key.startswith("GATEPOST_")}
        self.process = await asyncio.create_subprocess_exec(
            *(*self.prefix, sys.executable, "-m", "gatepost", "serve", "--config", str(self.file)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environ | dict(self.environ),
            cwd=self.folder,
            limit=1 << 20,
        )
        self._reader = asyncio.ensure_future(self._read())
        async with asyncio.timeout(START_SECONDS):
            while not self.smtp:
                await asyncio.sleep(0.01)
                if self.process.returncode is not None:
                    assert self.process.stderr is not None
                    error = (await self.process.stderr.read()).decode()
                    raise AssertionError(f"the gateway ended with {self.process.returncode}: {error}")

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit status."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        status = await asyncio.wait_for(self.process.wait(), 60)
        await self._reader
        return status

    async def kill(self) -> None:
        """End it as a power cut would, as far as a process can tell."""
        await self.stop(signal.SIGKILL)

    async def run(self, *command: str, input: bytes | None = None) -> tuple[int, str, str]:
        """Run `gatepost COMMAND` beside it on the same configuration: status, stdout, stderr."""
        environ = {key: value for key, value in os.environ.items() if not key.startswith("GATEPOST_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gatepost", *command, "--config", str(self.file)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environ | dict(self.environ) | {"NO_COLOR": "1", "COLUMNS": "200"},
            cwd=self.folder,
        )
        out, error = await asyncio.wait_for(process.communicate(input), 60)
        return process.returncode or 0, out.decode(), error.decode()

    async def json(self, *command: str) -> list[dict[str, Any]]:
        """The lines that `gatepost COMMAND --json` prints."""
        status, out, error = await self.run(*command, "--json")
        assert status == 0, error
        return [json.loads(line) for line in out.splitlines()]

    def told(self, event: str) -> list[dict[str, Any]]:
        """The events of that name so far."""
        return [each for each in self.events if each.get("event") == event]

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            self.events.append(event)
            if event.get("event") == "gateway.started":
                pairs = [address.rpartition(":") for address in event["smtp"]]
                self.site = event["site"]
                self.smtp = [(host, int(port)) for host, _, port in pairs]
