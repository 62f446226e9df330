-- Who people are and how they prove it, what programs may do in their name, what is yet to be told to whom,
-- and what was set on the site.

ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN totp TEXT NOT NULL DEFAULT '';          -- the shared secret, base32; empty: none
ALTER TABLE users ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;    -- the last time step a code was taken for
ALTER TABLE users ADD COLUMN recovery TEXT NOT NULL DEFAULT '[]';    -- hashes of the recovery codes left
ALTER TABLE users ADD COLUMN oidc TEXT NOT NULL DEFAULT '';          -- who they are at the identity provider

ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;  -- the password was right, the code is yet to come

CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    user_name TEXT NOT NULL,
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash);
CREATE INDEX tokens_by_user ON tokens (user_name);

CREATE TABLE happenings (               -- written with the change of state itself
    message_id TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (message_id, state)
);
CREATE INDEX happenings_by_time ON happenings (at);

CREATE TABLE hook_calls (
    id TEXT PRIMARY KEY,                -- what happened, and whom it is told: at most one call each
    hook TEXT NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,                 -- empty once it is settled
    created_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at BIGINT,                     -- none once it is settled
    settled TEXT NOT NULL,              -- delivered, given-up, or empty
    last_error TEXT NOT NULL
);
CREATE INDEX hook_calls_due ON hook_calls (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE notice_counts (
    address TEXT NOT NULL,
    hour BIGINT NOT NULL,
    notices INTEGER NOT NULL,
    PRIMARY KEY (address, hour)
);

CREATE TABLE marks (                    -- what was done once and must not be done again
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);

CREATE TABLE keys (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL                 -- hex; made on first use
);

CREATE TABLE settings (
    name TEXT PRIMARY KEY,              -- the dotted key of the configuration
    value TEXT NOT NULL,                -- JSON
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL
);
