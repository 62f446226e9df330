"""Private instances of real MTAs on loopback: each takes mail and hands it to a sink, as a relay would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kit.certificates import ServerCertificate
from kit.loopback import free_port
from kit.peers import require

START_SECONDS = 20
PEERS = Path(os.environ.get("GATEPOST_PEERS", "/var/tmp/gatepost-peers"))

POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
local_transport = error:no
local_recipient_maps =
alias_maps =
alias_database =
smtpd_relay_restrictions = permit_mynetworks, reject
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
{extra}
"""
POSTFIX_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd{options}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
{more}
"""
EXIM = """
exim_path = {exim}
primary_hostname = relay.example
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
acl_smtp_rcpt = accept
acl_smtp_data = accept
host_lookup =
rfc1413_query_timeout = 0s
trusted_users = root
accept_8bitmime = true
dsn_advertise_hosts = *
begin routers
sink:
  driver = manualroute
  route_list = * 127.0.0.1::{sink}
  transport = out
  self = send
begin transports
out:
  driver = smtp
  hosts_try_fastopen =
  hosts_avoid_tls = *
  hosts_try_chunking =
begin retry
* * F,1m,1s
"""


def needs_root(program: str) -> None:
    """Skip where an MTA can't run because this is not root; fail where every peer is wanted."""
    if os.geteuid() == 0:
        return
    if os.environ.get("GATEPOST_REQUIRE_ALL") == "1":
        pytest.fail(f"{program} needs root, and GATEPOST_REQUIRE_ALL=1 wants every peer")
    pytest.skip(f"{program} needs root")


async def command(*words: str) -> str:
    """Run a program to its end; its output. Fails the test when it fails."""
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await asyncio.wait_for(process.communicate(), START_SECONDS)
    assert process.returncode == 0, f"{words}: {out.decode(errors='replace')}"
    return out.decode(errors="replace")


async def listening(port: int) -> None:
    """Wait until something greets on `port`."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                greeting = await reader.readline()
                writer.close()
                if greeting.startswith(b"220"):
                    return
            await asyncio.sleep(0.05)


@contextlib.contextmanager
def _home(*names: str) -> Iterator[Path]:
    """A folder for an MTA, reachable for the user that it becomes (a test's own folder is not)."""
    with tempfile.TemporaryDirectory(prefix="gatepost-mta-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        for name in names:
            (folder / name).mkdir()
        yield folder


@contextlib.asynccontextmanager
async def postfix(
    *,
    sink: int,
    tls: ServerCertificate | None = None,
    extra: str = "",
    options: str = "",
    more: str = "",
) -> AsyncIterator[int]:
    """A Postfix that relays all it takes to `sink`; gives its port. With `tls` it demands STARTTLS."""
    require("/usr/sbin/postfix")
    needs_root("Postfix")
    port = free_port()
    with _home("conf", "queue", "data") as folder:
        _configure_postfix(folder, port, sink, tls, extra, options, more)
        await command("/usr/sbin/postfix", "-c", str(folder / "conf"), "start")
        try:
            await listening(port)
            yield port
        finally:
            await command("/usr/sbin/postfix", "-c", str(folder / "conf"), "stop")


def _configure_postfix(
    folder: Path,
    port: int,
    sink: int,
    tls: ServerCertificate | None,
    extra: str,
    options: str,
    more: str,
) -> None:
    shutil.chown(folder / "data", "postfix")
    lines = [f"relayhost = [127.0.0.1]:{sink}", extra]
    if tls:
        lines += [
            "smtpd_tls_security_level = encrypt",
            f"smtpd_tls_cert_file = {tls.certificate}",
            f"smtpd_tls_key_file = {tls.key}",
        ]
    main = POSTFIX_MAIN.format(folder=folder, extra="\n".join(lines))
    (folder / "conf" / "main.cf").write_text(main)
    master = POSTFIX_MASTER.format(port=port, options=options, more=more)
    (folder / "conf" / "master.cf").write_text(master)


@contextlib.asynccontextmanager
async def exim(*, sink: int) -> AsyncIterator[int]:
    """An Exim that relays all it takes to `sink`; gives its port."""
    program = require(str(PEERS / "exim/usr/sbin/exim4"))
    needs_root("Exim")
    port = free_port()
    with _home("spool", "log") as folder:
        for name in ("spool", "log"):
            shutil.chown(folder / name, "Debian-exim", "Debian-exim")
        config = folder / "exim.conf"
        config.write_text(EXIM.format(exim=program, folder=folder, port=port, sink=sink))
        environ = os.environ | {"LD_LIBRARY_PATH": str(PEERS / "exim/usr/lib/x86_64-linux-gnu")}
        process = await asyncio.create_subprocess_exec(
            *(program, "-C", str(config), "-bdf", "-q10m"), env=environ, start_new_session=True
        )
        try:
            await listening(port)
            yield port
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), START_SECONDS)
