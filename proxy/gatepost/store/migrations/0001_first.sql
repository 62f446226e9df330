-- Times are microseconds since 1970 UTC; JSON is TEXT; 0 and 1 are no and yes.

CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_at BIGINT NOT NULL,
    owner TEXT NOT NULL,            -- the process that is at it; the last one that was
    lease_until BIGINT NOT NULL,    -- past this even a living owner has lost it
    origin TEXT NOT NULL,           -- live, spool or held: where it came from into flight
    answered INTEGER NOT NULL,      -- the sender was told that it is ours
    answering INTEGER NOT NULL,     -- its fingerprint answers a resubmission
    claimed INTEGER NOT NULL,       -- it has reserved orders
    has_raw INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    session TEXT NOT NULL,
    envelope TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_folded TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    buyers TEXT NOT NULL,
    action TEXT NOT NULL,
    edition TEXT NOT NULL,
    digest TEXT NOT NULL,
    purpose TEXT NOT NULL,
    language TEXT NOT NULL,
    order_ids TEXT NOT NULL,
    asks_review INTEGER NOT NULL,
    findings TEXT NOT NULL,
    deadline_at BIGINT,
    answer TEXT,
    attempts INTEGER NOT NULL,
    next_attempt_at BIGINT,
    last_error TEXT NOT NULL
);

CREATE UNIQUE INDEX messages_by_fingerprint ON messages (fingerprint) WHERE fingerprint <> '' AND answering = 1;
CREATE INDEX messages_in_flight ON messages (state) WHERE state IN ('attempting', 'sending');
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE state = 'spooled';
CREATE INDEX messages_held ON messages (deadline_at, received_at) WHERE state = 'held';
CREATE INDEX messages_in_doubt ON messages (received_at) WHERE state = 'in-doubt';
CREATE INDEX messages_by_time ON messages (received_at, id, action);

CREATE TABLE raw (
    message_id TEXT PRIMARY KEY,
    bytes BYTEA NOT NULL
);

CREATE TABLE message_orders (
    order_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (order_id, message_id)
);
CREATE INDEX message_orders_by_message ON message_orders (message_id);

CREATE TABLE message_rules (
    rule TEXT NOT NULL,
    message_id TEXT NOT NULL,
    clause TEXT NOT NULL,
    mode TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (rule, message_id)
);
CREATE INDEX message_rules_by_message ON message_rules (message_id);
CREATE INDEX message_rules_by_time ON message_rules (received_at, rule);
CREATE INDEX message_rules_by_rule ON message_rules (rule, received_at, message_id);

CREATE TABLE claims (
    order_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    message_id TEXT,                -- none for a request made elsewhere
    at BIGINT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX claims_by_message ON claims (message_id);
CREATE INDEX claims_by_time ON claims (at);

CREATE TABLE claim_log (
    order_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    state TEXT NOT NULL,
    message_id TEXT,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,          -- empty when the gateway itself moved it
    note TEXT NOT NULL,
    PRIMARY KEY (order_id, step)
);

CREATE TABLE users (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    role TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    must_change INTEGER NOT NULL,   -- the password was given by someone else
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_name);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,          -- what it was done to: a message, an order, a user
    details TEXT NOT NULL,
    hash TEXT NOT NULL              -- over the row before and this one
);

CREATE TABLE captures (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    mail_from TEXT NOT NULL,
    rcpt_tos TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    raw BYTEA NOT NULL
);
CREATE INDEX captures_by_time ON captures (at, id, size_bytes);
CREATE INDEX claim_log_by_message ON claim_log (message_id);
