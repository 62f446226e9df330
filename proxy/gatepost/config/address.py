"""Addresses to listen at: `127.0.0.1:2525`, `[::1]:2525`, `localhost:2525`."""

from __future__ import annotations

from ipaddress import IPv6Address

MAX_PORT = 65_535


def split(address: str) -> tuple[str, int]:
    """Host (without brackets) and port; port 0 lets the system choose. Raises ValueError."""
    host, colon, port = address.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > MAX_PORT:
        raise ValueError("expected host:port, like 127.0.0.1:2525 or [::1]:2525")
    if host.startswith("[") and host.endswith("]"):
        return str(IPv6Address(host[1:-1])), int(port)
    if not host or any(sign in host for sign in ":[] /"):
        raise ValueError("expected host:port, like 127.0.0.1:2525 or [::1]:2525")
    return host, int(port)
