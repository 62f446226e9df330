"""Which calls of the API stand for which page of the site, and which pages no program needs, and why."""

from __future__ import annotations

PERSON = "who somebody is, is proven by the person, never by a token"
PICTURE = "a way to look at what the API gives as data"
PROGRAM = "is for programs already"
ASSET = "belongs to the pages"

ORDER_DESK = frozenset({"orders", "buyers", "stops", "compose", "letters"})
"""Where the pages of order data and letters begin; programs use `gatepost orders`, `compose` and `feeds`."""

AS_CALLS = {
    ("GET", "/account"): ["GET /me", "GET /sessions", "GET /tokens"],
    ("POST", "/account/sessions"): ["DELETE /sessions/{id}"],
    ("POST", "/account/tokens"): ["POST /tokens", "DELETE /tokens/{id}"],
    ("GET", "/people"): ["GET /users"],
    ("POST", "/people"): ["POST /users"],
    ("GET", "/people/{name}"): ["GET /users/{name}", "GET /users/{name}/sessions"],
    ("POST", "/people/{name}"): [
        "PATCH /users/{name}",
        "POST /users/{name}/password",
        "DELETE /users/{name}/second-factor",
        "DELETE /users/{name}/sessions",
    ],
    ("GET", "/tokens"): ["GET /tokens"],
    ("POST", "/tokens"): ["DELETE /tokens/{id}"],
    ("GET", "/mine"): ["GET /mine"],
    ("GET", "/settings"): ["GET /settings", "GET /rules"],
    ("POST", "/settings"): ["PUT /settings/{key}", "DELETE /settings/{key}"],
    ("GET", "/settings/senders"): ["GET /senders", "GET /audit"],
    ("POST", "/settings/senders"): ["PUT /settings/{key}"],
    ("GET", "/"): ["GET /counts"],
    ("POST", "/check"): ["POST /check"],
    ("GET", "/queue"): ["GET /held", "GET /queue"],
    ("GET", "/queue/live"): ["GET /held", "GET /queue"],
    ("POST", "/queue"): ["POST /messages/{id}/release", "POST /messages/{id}/reject"],
    ("GET", "/mail/{id}"): ["GET /messages/{id}", "GET /messages/{id}/words", "GET /messages/{id}/history"],
    ("GET", "/mail/{id}/file/{number:int}"): ["GET /messages/{id}/files/{number}"],
    ("GET", "/mail/{id}/download"): ["GET /messages/{id}/source"],
    ("POST", "/mail/{id}/release"): ["POST /messages/{id}/release"],
    ("POST", "/mail/{id}/reject"): ["POST /messages/{id}/reject"],
    ("POST", "/mail/{id}/settle"): ["POST /messages/{id}/settle"],
    ("GET", "/mail/{id}/correct"): ["GET /messages/{id}/words", "GET /messages/{id}/source"],
    ("POST", "/mail/{id}/correct"): ["POST /messages/{id}/correct/preview", "POST /messages/{id}/correct"],
    ("GET", "/mail/{id}/versions/{step:int}"): ["GET /messages/{id}/corrections"],
    ("GET", "/mail/{id}/versions/{step:int}/{which}"): ["GET /messages/{id}/versions/{step}/{which}"],
    ("GET", "/mail/{id}/status"): ["GET /messages/{id}/history"],
    ("POST", "/mail/{id}/turn"): ["POST /messages/{id}/turn"],
    ("POST", "/mail/{id}/wrong"): ["POST /messages/{id}/wrong", "DELETE /messages/{id}/wrong/{rule}"],
    ("POST", "/mail/{id}/allow"): ["POST /messages/{id}/exceptions"],
    ("GET", "/exceptions"): ["GET /exceptions"],
    ("POST", "/exceptions/{id}/end"): ["DELETE /exceptions/{id}"],
    ("GET", "/decisions"): ["GET /messages"],
    ("GET", "/decisions.csv"): ["GET /messages.csv"],
    ("GET", "/outgoing"): ["GET /messages"],
    ("GET", "/overview"): ["GET /figures"],
    ("GET", "/overview/{table}.csv"): ["GET /figures/{table}.csv"],
    ("GET", "/ledger"): ["GET /orders"],
    ("GET", "/ledger/{order}"): ["GET /orders/{order}"],
    ("POST", "/ledger/{order}/grant"): ["POST /orders/{order}/grant"],
    ("GET", "/audit"): ["GET /audit", "GET /audit/chain"],
    ("GET", "/sent"): ["GET /captured"],
    ("GET", "/sent/{id}"): ["GET /captured/{id}/words", "GET /captured/{id}/source"],
    ("GET", "/sent/{id}/file/{number:int}"): ["GET /captured/{id}/source"],
    ("GET", "/sent/{id}/download"): ["GET /captured/{id}/source"],
}
"""Route of the site -> operations that do the same."""

NOT_FOR_PROGRAMS = {
    ("GET", "/static/{name}"): ASSET,
    ("GET", "/healthz"): PROGRAM,
    ("GET", "/readyz"): PROGRAM,
    ("GET", "/metrics"): PROGRAM,
    ("GET", "/login"): PERSON,
    ("POST", "/login"): PERSON,
    ("GET", "/login/code"): PERSON,
    ("POST", "/login/code"): PERSON,
    ("GET", "/login/oidc"): PERSON,
    ("GET", "/login/oidc/back"): PERSON,
    ("POST", "/logout"): PERSON,
    ("GET", "/account/password"): PERSON,
    ("POST", "/account/password"): PERSON,
    ("GET", "/account/second-factor"): PERSON,
    ("POST", "/account/second-factor"): PERSON,
    ("GET", "/link/{token}"): PERSON,
    ("POST", "/link/{token}"): PERSON,
    ("GET", "/check"): PICTURE,
    ("GET", "/mail/{id}/html/{part:int}"): PICTURE,
    ("GET", "/sent/{id}/html/{part:int}"): PICTURE,
}
"""Route of the site -> why no operation does the same."""
