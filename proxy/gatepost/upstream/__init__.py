"""The way out: relays behind the gateway, or the capture relay where none is configured."""

from gatepost.upstream.connect import login_at_relay
from gatepost.upstream.probe import Probe, probe
from gatepost.upstream.relay import Relay, RelayStatus
from gatepost.upstream.routes import Routed, upstream_for
from gatepost.upstream.trace import received_count

__all__ = [
    "Probe",
    "Relay",
    "RelayStatus",
    "Routed",
    "login_at_relay",
    "probe",
    "received_count",
    "upstream_for",
]
