"""What every section of the configuration is made of: its class, its types, credentials."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from gatepost.config.address import split

CREDENTIAL = "credential:"
"""The start of a path that names a systemd credential: `credential:relay-password`."""

_LONGEST_NAME = 255
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def _resolved(path: Path, info: ValidationInfo) -> Path:
    """The file of a credential, once the service manager has passed the folder of credentials."""
    name = str(path).removeprefix(CREDENTIAL)
    if name == str(path):
        return path
    if not name or "/" in name or name in (".", ".."):
        raise ValueError("expected credential:NAME, the name without slashes")
    folder = (info.context or {}).get("credentials")
    return Path(folder, name) if folder else path


def _is_address(address: str) -> str:
    split(address)
    return address


def _is_host_name(name: str) -> str:
    """An empty name is this machine's own; RFC 5321 §2.3.5 for the others."""
    if name and not (len(name) <= _LONGEST_NAME and _HOST_NAME.fullmatch(name)):
        raise ValueError("expected a host name in ASCII, like mail.example.com")
    return name


NamedFile = Annotated[Path, AfterValidator(_resolved)]
Address = Annotated[str, AfterValidator(_is_address)]
HostName = Annotated[str, AfterValidator(_is_host_name)]
Network = IPv4Network | IPv6Network
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]


class Section(BaseModel):
    """A section: frozen, and no key that it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True
    )


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its very name."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
