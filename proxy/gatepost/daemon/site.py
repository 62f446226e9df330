"""The review site inside the gateway's own loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette

from gatepost.config.address import split
from gatepost.config.schema import Site as SiteConfig
from gatepost.tasks import Tasks

STOP_SECONDS = 3
"""How long requests under way may take when the gateway stops."""
START_SECONDS = 10.0


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the gateway has its own."""

    def install_signal_handlers(self) -> None:
        """Do nothing."""


class Site:
    """The site's server; `url` tells where it is once started."""

    def __init__(self, app: Starlette, config: SiteConfig, tasks: Tasks) -> None:
        self._app, self._config, self._tasks = app, config, tasks
        self.url = ""
        self._server: _Server | None = None

    async def start(self, sockets: Sequence[socket.socket] | None = None) -> None:
        """Listen. Raises OSError when the address is taken."""
        host, port = split(self._config.address)
        listening = list(sockets or [_listen(host, port)])
        config = uvicorn.Config(
            self._app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_SECONDS,
            limit_concurrency=200,
        )
        self._server = _Server(config)
        self._task = self._tasks.start(self._server.serve(sockets=listening), "site")
        async with asyncio.timeout(START_SECONDS):
            while not self._server.started:  # noqa: ASYNC110 - uvicorn offers no event
                await asyncio.sleep(0.01)
        bound = listening[0].getsockname()
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        self.url = self._config.public_url or f"http://{shown}:{bound[1]}"

    async def stop(self) -> None:
        """Stop listening; requests under way get a few seconds."""
        if self._server:
            self._server.should_exit = True
            await asyncio.wait({self._task}, timeout=STOP_SECONDS + 1)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening
