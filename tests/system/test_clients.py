"""Real mail clients, with TLS and a login: what arrives at the relay is what they sent, byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.certificates import Authority
from kit.gateway import Gateway
from kit.messages import BUYER, SELLER
from kit.mtas import PEERS
from kit.peers import require, require_file
from kit.smtp_sink import Received, Sink
from kit.submit import mail

PASSWORD = "correct horse battery"
BODY = (
    "Guten Tag, danke für Ihre Frage zu Bestellung 112-1234567-1234567: die Lampe braucht E27 – bis 60 W.\r\n"
    ".\r\n..\r\n.hidden dots\r\n" + "sehr " * 180 + "\r\nEnd.\r\n"
)
NODE = """
const { createTransport } = require(process.argv[2] + '/nodemailer');
const { readFileSync } = require('node:fs');
const [port, user, pass, ca, file, from, to] = process.argv.slice(3);
createTransport({ host: 'localhost', port: Number(port), requireTLS: true, tls: { ca: readFileSync(ca) },
  auth: { user, pass } })
  .sendMail({ envelope: { from, to }, raw: readFileSync(file) })
  .then((info) => console.log(info.response), (error) => { console.error(error); process.exit(1); });
"""


class Secure:
    """A gateway that wants STARTTLS and a login of everybody, before a sink."""

    def __init__(self, gateway: Gateway, sink: Sink, ca: Path, mail_file: Path) -> None:
        self.gateway, self.sink, self.ca, self.mail_file = gateway, sink, ca, mail_file

    async def sends(self, *command: str, input: bytes | None = None) -> Received:
        """Run the client; what the relay got of it."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(input), 60)
        assert process.returncode == 0, out.decode(errors="replace")
        assert len(self.sink.received) == 1
        return self.sink.received[0]


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[Secure]:
    authority = Authority(tmp_path)
    server = authority.server()
    listener = {
        "address": "127.0.0.1:0",
        "tls": "starttls",
        "certificate": str(server.certificate),
        "key": str(server.key),
    }
    mail_file = tmp_path / "mail.eml"
    mail_file.write_bytes(mail(BODY))
    async with Sink() as sink:
        config = {"smtp": {"listeners": [listener], "trusted_networks": []}}
        async with Gateway(tmp_path, relay=sink.port, config=config) as gateway:
            add = ("user", "add", "desk", "--role", "agent", "--password-stdin")
            status, _, error = await gateway.run(*add, input=PASSWORD.encode() + b"\n")
            assert status == 0, error
            yield Secure(gateway, sink, authority.file, mail_file)


def arrived_whole(received: Received) -> None:
    """The relay got the client's very bytes below one Received line, and the client's envelope."""
    assert (received.mail_from, received.rcpt_tos) == (SELLER, (BUYER,))
    trace = received.raw[: len(received.raw) - len(mail(BODY))]
    assert received.raw.endswith(mail(BODY))
    assert trace.startswith(b"Received: from ")
    assert trace.count(b"\r\n") == trace.count(b"\r\n\t") + trace.count(b"\r\n ") + 1
    assert b"with ESMTPSA" in trace


@pytest.mark.peer
async def test_swaks(secure: Secure) -> None:
    swaks = require("swaks")
    secure.mail_file.write_bytes(mail(BODY).removesuffix(b"\r\n"))  # swaks ends the data with one of its own
    received = await secure.sends(
        *(swaks, "--server", "localhost", "--port", str(secure.gateway.port), "--tls"),
        *("--tls-ca-path", str(secure.ca), "--auth", "LOGIN", "--auth-user", "desk"),
        *("--auth-password", PASSWORD, "--from", SELLER, "--to", BUYER),
        *("--data", f"@{secure.mail_file}"),
    )
    arrived_whole(received)


@pytest.mark.peer
async def test_msmtp(secure: Secure) -> None:
    msmtp = require("msmtp")
    received = await secure.sends(
        *(msmtp, "--file=/dev/null", "--host=localhost", f"--port={secure.gateway.port}", "--tls=on"),
        *("--tls-starttls=on", f"--tls-trust-file={secure.ca}", "--auth=plain", "--user=desk"),
        *(f"--passwordeval=echo '{PASSWORD}'", f"--from={SELLER}", "--set-msgid-header=off", "--", BUYER),
        input=secure.mail_file.read_bytes(),
    )
    arrived_whole(received)


@pytest.mark.peer
async def test_curl(secure: Secure) -> None:
    curl = require("curl")
    received = await secure.sends(
        *(curl, "--silent", "--show-error", "--ssl-reqd", "--cacert", str(secure.ca)),
        *("--user", f"desk:{PASSWORD}", "--mail-from", SELLER, "--mail-rcpt", BUYER),
        *("--upload-file", str(secure.mail_file), f"smtp://localhost:{secure.gateway.port}/desk.example"),
    )
    arrived_whole(received)


@pytest.mark.peer
async def test_nodemailer(secure: Secure) -> None:
    node = require("node")
    modules = PEERS / "node" / "node_modules"
    require_file(modules / "nodemailer" / "package.json")
    received = await secure.sends(
        *(node, "-e", NODE, "--", "-", str(modules), str(secure.gateway.port), "desk", PASSWORD),
        *(str(secure.ca), str(secure.mail_file), SELLER, BUYER),
    )
    arrived_whole(received)
