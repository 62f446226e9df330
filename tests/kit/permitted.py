"""Who may use which route of the people's pages and of the API, written down apart from the code's table."""

from __future__ import annotations

ALL = frozenset({"agent", "reviewer", "admin", "auditor"})
READERS = frozenset({"reviewer", "admin", "auditor"})
DECIDERS = frozenset({"reviewer", "admin"})
SEERS = frozenset({"admin", "auditor"})
ADMIN = frozenset({"admin"})
ANYONE = ALL | {"anonymous"}

ANY_SCOPE = frozenset({"check", "read", "review", "admin"})
READING = frozenset({"read", "review", "admin"})
REVIEWING = frozenset({"review", "admin"})

PAGES = {
    ("GET", "/login/oidc"): ANYONE,  # there is nothing without a provider
    ("GET", "/login/oidc/back"): ANYONE,
    ("GET", "/login/code"): ALL,
    ("POST", "/login/code"): ALL,
    ("GET", "/account"): ALL,
    ("GET", "/account/second-factor"): ALL,
    ("POST", "/account/second-factor"): ALL,
    ("POST", "/account/sessions"): ALL,
    ("POST", "/account/tokens"): ALL,
    ("GET", "/people"): SEERS,
    ("POST", "/people"): ADMIN,
    ("GET", "/people/{name}"): SEERS,
    ("POST", "/people/{name}"): ADMIN,
    ("GET", "/tokens"): SEERS,
    ("POST", "/tokens"): ADMIN,
    ("GET", "/mine"): ALL,
    ("GET", "/settings"): SEERS,
    ("POST", "/settings"): ADMIN,
    ("GET", "/orders"): READERS,
    ("POST", "/orders"): DECIDERS,
    ("GET", "/orders/check"): READERS,
    ("GET", "/orders/{order}"): READERS,
    ("POST", "/orders/{order}/shipment"): DECIDERS,
    ("POST", "/orders/{order}/adjustment"): DECIDERS,
    ("GET", "/buyers"): READERS,
    ("GET", "/stops"): READERS,
    ("POST", "/stops"): DECIDERS,
    ("GET", "/compose"): DECIDERS,
    ("POST", "/compose"): DECIDERS,
    ("GET", "/letters/{language}"): READERS,
    ("POST", "/letters/{language}"): ADMIN,
    ("GET", "/breaker"): READERS,
    ("POST", "/breaker"): DECIDERS,
    ("GET", "/settings/senders"): SEERS,
    ("POST", "/settings/senders"): ADMIN,
}
"""Route -> roles."""

API = {
    ("GET", "/openapi.json"): (ANYONE, ANY_SCOPE),
    ("POST", "/check"): (ALL, {"check", "admin"}),
    ("GET", "/held"): (READERS, READING),
    ("GET", "/queue"): (READERS, READING),
    ("GET", "/counts"): (READERS, READING),
    ("GET", "/messages"): (READERS, READING),
    ("GET", "/mine"): (ALL, READING),
    ("GET", "/messages/{id}"): (READERS, READING),
    ("GET", "/messages.csv"): (READERS, READING),
    ("GET", "/messages/{id}/words"): (READERS, READING),
    ("GET", "/messages/{id}/files/{number}"): (READERS, READING),
    ("GET", "/messages/{id}/history"): (READERS, READING),
    ("GET", "/messages/{id}/source"): (READERS, READING),
    ("POST", "/messages/{id}/release"): (DECIDERS, REVIEWING),
    ("POST", "/messages/{id}/reject"): (DECIDERS, REVIEWING),
    ("POST", "/messages/{id}/settle"): (DECIDERS, REVIEWING),
    ("POST", "/messages/{id}/correct"): (DECIDERS, REVIEWING),
    ("POST", "/messages/{id}/correct/preview"): (DECIDERS, REVIEWING),
    ("GET", "/messages/{id}/corrections"): (READERS, READING),
    ("GET", "/messages/{id}/versions/{step}/{which}"): (READERS, READING),
    ("GET", "/messages/{id}/wrong"): (READERS, READING),
    ("POST", "/messages/{id}/wrong"): (DECIDERS, REVIEWING),
    ("DELETE", "/messages/{id}/wrong/{rule}"): (DECIDERS, REVIEWING),
    ("POST", "/messages/{id}/turn"): (DECIDERS, REVIEWING),
    ("POST", "/messages/{id}/exceptions"): (DECIDERS, REVIEWING),
    ("GET", "/exceptions"): (READERS, READING),
    ("DELETE", "/exceptions/{id}"): (DECIDERS, REVIEWING),
    ("GET", "/breaker"): (READERS, READING),
    ("POST", "/breaker/trip"): (DECIDERS, REVIEWING),
    ("POST", "/breaker/reset"): (DECIDERS, REVIEWING),
    ("GET", "/figures"): (READERS, READING),
    ("GET", "/figures/{table}.csv"): (READERS, READING),
    ("GET", "/captured"): (READERS, READING),
    ("GET", "/captured/{id}/words"): (READERS, READING),
    ("GET", "/captured/{id}/source"): (READERS, READING),
    ("GET", "/orders"): (READERS, READING),
    ("GET", "/orders/{order}"): (READERS, READING),
    ("POST", "/orders/{order}/grant"): (ADMIN, ADMIN),
    ("GET", "/audit"): (SEERS, READING),
    ("GET", "/audit/chain"): (SEERS, READING),
    ("GET", "/me"): (ALL, ANY_SCOPE),
    ("GET", "/users"): (SEERS, READING),
    ("POST", "/users"): (ADMIN, ADMIN),
    ("GET", "/users/{name}"): (SEERS, READING),
    ("PATCH", "/users/{name}"): (ADMIN, ADMIN),
    ("POST", "/users/{name}/password"): (ADMIN, ADMIN),
    ("DELETE", "/users/{name}/second-factor"): (ADMIN, ADMIN),
    ("GET", "/users/{name}/sessions"): (SEERS, READING),
    ("DELETE", "/users/{name}/sessions"): (ADMIN, ADMIN),
    ("GET", "/sessions"): (ALL, ADMIN),
    ("DELETE", "/sessions/{id}"): (ALL, ADMIN),
    ("GET", "/tokens"): (ALL, ADMIN),
    ("POST", "/tokens"): (ALL, ADMIN),
    ("DELETE", "/tokens/{id}"): (ALL, ADMIN),
    ("GET", "/settings"): (SEERS, READING),
    ("PUT", "/settings/{key}"): (ADMIN, ADMIN),
    ("DELETE", "/settings/{key}"): (ADMIN, ADMIN),
    ("GET", "/senders"): (SEERS, READING),
    ("GET", "/rules"): (SEERS, READING),
    ("GET", "/imports"): (READERS, READING),
    ("POST", "/imports"): (DECIDERS, REVIEWING),
    ("GET", "/facts/{order}"): (READERS, READING),
    ("GET", "/buyers/{address}"): (READERS, READING),
    ("GET", "/stops"): (READERS, READING),
    ("POST", "/stops"): (DECIDERS, REVIEWING),
    ("DELETE", "/stops/{value}"): (DECIDERS, REVIEWING),
    ("POST", "/shipments"): (DECIDERS, REVIEWING),
    ("POST", "/adjustments"): (DECIDERS, REVIEWING),
    ("GET", "/feeds/waiting"): (READERS, READING),
    ("GET", "/feeds/check"): (READERS, READING),
    ("POST", "/letters"): (DECIDERS, REVIEWING),
    ("GET", "/letters/{language}"): (READERS, READING),
    ("PUT", "/letters/{language}"): (ADMIN, ADMIN),
    ("DELETE", "/letters/{language}"): (ADMIN, ADMIN),
}
"""Operation -> roles, and the scopes that a token needs one of."""

ROUTES = PAGES | {(method, f"/api/v1{path}"): roles for (method, path), (roles, _) in API.items()}
"""Route -> roles, of all these."""
