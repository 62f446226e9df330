"""Where a database lives: a file of this machine, or a server that many nodes share."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from gatepost.config.schema import Store as Settings
from gatepost.config.secrets import database_password
from gatepost.errors import ConfigError
from gatepost.store.engine import Engine, Reader
from gatepost.store.filehome import FileHome
from gatepost.store.health import Health
from gatepost.store.owners import Owners


class Home(Protocol):
    """Opens connections to one database and knows what it needs. All methods block and raise EngineError."""

    name: str
    """For people: where it lies, without a secret."""

    def is_there(self) -> bool:
        """Whether there is a database of ours. Raises EngineError when a server can't be asked."""

    def prepare(self, *, busy_seconds: float) -> None:
        """Make sure that a sound database of ours is there, of the newest schema; make a first one."""

    def engine(self, *, busy_seconds: float) -> Engine:
        """A new connection that writes."""

    def reader(self) -> Reader:
        """A new connection that only reads."""

    def owners(self, instance: str) -> Owners:
        """Become one of the processes that share the database."""

    def tidy(self, *, busy_seconds: float, thoroughly: bool = False) -> None:
        """Make what was deleted be gone, as far as that is in our hands; set reserves aside anew."""

    def free_bytes(self) -> int | None:
        """How much the disk under it still takes; None when that is another machine's matter."""

    def examine(self) -> Health:
        """Check the whole database and say how it stands."""

    def back_up(self, target: Path) -> None:
        """Copy the database, as it is at one instant, to a new file."""


def home_of(settings: Settings) -> Home:
    """The home that the configuration names; does not connect.

    Raises ConfigError when the program for it is not installed, StoreError when the URL can't be used.
    """
    if not settings.database_url:
        return FileHome(settings.path)
    try:
        from gatepost.store.serverhome import ServerHome
    except ImportError as error:
        words = "needs a program that is not installed: pip install 'gatepost[postgres]'"
        raise ConfigError(f"store.database_url: {words}", key="store.database_url") from error
    return ServerHome(
        settings.database_url,
        password=database_password(settings),
        busy_seconds=settings.busy_seconds,
        lease_seconds=settings.node_lease_seconds,
    )
