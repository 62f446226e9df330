"""The configuration as values: every key, its default and its bounds. One class a section of the file.

Durations end in `_seconds`, `_hours` or `_days`, sizes in `_bytes`. Secrets are never values here: a
`*_file` key names the file that holds one, or GATEPOST_* gives it in the environment.
"""

from gatepost.config.schema.base import (
    CREDENTIAL,
    Address,
    Count,
    NamedFile,
    Network,
    Seconds,
    Section,
    is_loopback,
)
from gatepost.config.schema.inbound import Inbound, Suspicious
from gatepost.config.schema.letters import Letters
from gatepost.config.schema.log import Log
from gatepost.config.schema.notices import Notices, Webhook
from gatepost.config.schema.orders import Orders
from gatepost.config.schema.policy import Policy
from gatepost.config.schema.relay import (
    Delivery,
    Dkim,
    DkimKey,
    OnRelayFailure,
    Relay,
    RelayAuth,
    RelayTls,
    Route,
)
from gatepost.config.schema.site import Oidc, Site
from gatepost.config.schema.smtp import (
    AuthLimits,
    BareLineFeeds,
    Listener,
    ListenerTls,
    Smtp,
    SmtpLimits,
    SmtpTimes,
)
from gatepost.config.schema.store import Retention, Store
from gatepost.config.schema.vision import Unread, Vision
from gatepost.config.schema.whole import Config

__all__ = [
    "CREDENTIAL",
    "Address",
    "AuthLimits",
    "BareLineFeeds",
    "Config",
    "Count",
    "Delivery",
    "Dkim",
    "DkimKey",
    "Inbound",
    "Letters",
    "Listener",
    "ListenerTls",
    "Log",
    "NamedFile",
    "Network",
    "Notices",
    "Oidc",
    "OnRelayFailure",
    "Orders",
    "Policy",
    "Relay",
    "RelayAuth",
    "RelayTls",
    "Retention",
    "Route",
    "Seconds",
    "Section",
    "Site",
    "Smtp",
    "SmtpLimits",
    "SmtpTimes",
    "Store",
    "Suspicious",
    "Unread",
    "Vision",
    "Webhook",
    "is_loopback",
]
