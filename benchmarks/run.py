"""What the whole gateway costs, against a bare pass-through in the same run: `make bench`.

Both stand between the same load and the same sink on loopback. The gateway judges each mail to a buyer and
records every mail durably; the pass-through does neither. Processor time is the process tree's own, from
/proc, the lower of the rounds. Absolute figures are this machine's; the ratios are the result.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import mails
from load import Load

HERE = Path(__file__).parent
TICK = os.sysconf("SC_CLK_TCK")
CONFIG = """
smtp:
  hostname: bench
  listeners: [{{address: "127.0.0.1:0"}}]
  limits: {{connections_per_minute: 1000000, connections: 2000, connections_per_address: 2000,
            junk_commands: 100000, messages_per_connection: 100000}}
relay: {{host: 127.0.0.1, port: {sink}, tls: none}}
store: {{path: {folder}/gatepost.db}}
site: {{enabled: false}}
vision: {{unread: pass, warm: false}}
"""


@dataclass(frozen=True)
class Case:
    name: str
    mail: str
    connections: int
    kept: int
    messages: int
    to: str = mails.BUYER


CASES = (
    Case("4 KB, 1 client", "usual", 1, 10, 400),
    Case("4 KB, 20 clients, new connection each", "usual", 20, 1, 1500),
    Case("4 KB, 20 clients, kept", "usual", 20, 10, 2000),
    Case("100 KB, 20 clients, kept", "large", 20, 10, 400),
    Case("4 KB, 20 clients, kept, not to a buyer", "usual", 20, 10, 2000, mails.ANYONE),
    Case("100 KB, 20 clients, kept, the same", "large", 20, 10, 400, mails.ANYONE),
)


@dataclass
class Figures:
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children, in seconds."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / TICK
    return total


async def start(*command: str) -> tuple[asyncio.subprocess.Process, int]:
    """Start a process that prints its port first (or an event that names it)."""
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.strip().isdigit():
            return process, int(line)
        if '"smtp": ["127.0.0.1:' in line:
            port = int(line.partition('"smtp": ["127.0.0.1:')[2].partition('"')[0])
            drain = asyncio.ensure_future(process.stdout.read())  # the log must not fill the pipe
            process.drain_log = drain  # type: ignore[attr-defined] # kept from the collector
            return process, port
    raise SystemExit(f"{command} did not start")


async def measure(pid: int, port: int, case: Case, first: int) -> Figures:
    mail = getattr(mails, case.mail)()
    load = Load(port, mail, case.connections, case.kept, case.messages, first, case.to)
    before = cpu_seconds(pid)
    await load.run()
    spent = cpu_seconds(pid) - before
    seconds = sorted(load.seconds)
    return Figures(
        per_second=len(seconds) / load.wall,
        p50_ms=statistics.median(seconds) * 1000,
        p99_ms=seconds[int(len(seconds) * 0.99)] * 1000,
        cpu_us=spent / len(seconds) * 1_000_000,
    )


async def main(rounds: int, scale: float) -> None:
    python = sys.executable
    sink, sink_port = await start(python, str(HERE / "sink.py"))
    bare, bare_port = await start(python, str(HERE / "passthrough.py"), str(sink_port))
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "gatepost.yaml"
        config.write_text(CONFIG.format(sink=sink_port, folder=folder))
        gate, gate_port = await start(python, "-m", "gatepost", "serve", "--config", str(config))
        subjects = {"pass-through": (bare.pid, bare_port), "gatepost": (gate.pid, gate_port)}
        results: dict[tuple[str, str], list[Figures]] = {}
        number = 0
        try:
            for case in CASES * rounds:
                for name, (pid, port) in subjects.items():
                    sized = replace(case, messages=int(case.messages * scale))
                    figures = await measure(pid, port, sized, number)
                    number += sized.messages
                    results.setdefault((case.name, name), []).append(figures)
        finally:
            for process in (gate, bare, sink):
                process.terminate()
                await process.wait()
    report(results)


def report(results: dict[tuple[str, str], list[Figures]]) -> None:
    print(f"{'':38} {'':13} {'msg/s':>7} {'p50 ms':>8} {'p99 ms':>8} {'CPU µs':>8}  {'CPU ratio':>9}")
    for case in CASES:
        best = {}
        for name in ("pass-through", "gatepost"):
            rows = results[case.name, name]
            best[name] = min(rows, key=lambda row: row.cpu_us)
            fastest = max(row.per_second for row in rows)
            row = best[name]
            ratio = f"{row.cpu_us / best['pass-through'].cpu_us:9.2f}" if name == "gatepost" else ""
            title = case.name if name == "pass-through" else ""
            times = f"{row.p50_ms:8.1f} {row.p99_ms:8.1f} {row.cpu_us:8.0f}"
            print(f"{title:38} {name:13} {fastest:7.0f} {times}  {ratio}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--scale", type=float, default=1.0, help="of the number of messages")
    options = parser.parse_args()
    asyncio.run(main(options.rounds, options.scale))
