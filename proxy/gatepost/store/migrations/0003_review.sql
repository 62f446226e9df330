-- What the review site keeps beside a message: its words for the search, who looks at it, what a person
-- decided and why; and the exceptions that people made. All but the exceptions goes with the message.

CREATE TABLE held_words (           -- what the queue is searched for; goes with the bytes of the mail
    message_id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    words TEXT NOT NULL             -- folded: subject, addresses, orders, what it says
);

CREATE INDEX held_words_by_origin ON held_words (account, marketplace, message_id);

CREATE TABLE views (                -- who has opened a held mail
    message_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (message_id, user_name)
);

CREATE TABLE turns (                -- who is at a held mail, so that two reviewers do not collide
    message_id TEXT PRIMARY KEY,
    user_name TEXT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX turns_by_user ON turns (user_name);

CREATE TABLE reviewed (             -- what a person decided on a held mail
    message_id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    decision TEXT NOT NULL          -- released, corrected or rejected
);
CREATE INDEX reviewed_by_time ON reviewed (at);

CREATE TABLE corrections (          -- a held mail that was changed before it went out: both versions
    message_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    findings TEXT NOT NULL,         -- of the original
    original BYTEA NOT NULL,
    corrected BYTEA NOT NULL,
    PRIMARY KEY (message_id, step)
);

CREATE TABLE wrong_findings (       -- findings that a person called wrong
    message_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (message_id, rule)
);
CREATE INDEX wrong_findings_by_time ON wrong_findings (at);

CREATE TABLE exceptions (           -- what a rule lets pass, within its scope and until its end
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    sender TEXT NOT NULL,           -- an address, or @domain; empty: any
    account TEXT NOT NULL,          -- empty: any
    order_id TEXT NOT NULL,         -- empty: any
    words TEXT NOT NULL,            -- the evidence, folded; empty: any
    reason TEXT NOT NULL,
    message_id TEXT NOT NULL,       -- the mail that it was made from; empty: none
    at BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    until BIGINT NOT NULL,
    ended_at BIGINT,                -- when a person ended it
    ended_by TEXT NOT NULL
);
CREATE INDEX exceptions_by_end ON exceptions (until);

CREATE INDEX messages_queue ON messages (coalesce(deadline_at, 9223372036854775807), received_at, id)
    WHERE state = 'held';

-- The sender too, so that the figures by sender need not read whole messages.
DROP INDEX messages_by_time;
CREATE INDEX messages_by_time ON messages (received_at, id, action, sender);

INSERT INTO held_words (message_id, account, marketplace, words)
SELECT id, '', '', subject_folded || ' ' || lower(sender) || ' ' || lower(buyers) || ' ' || lower(order_ids)
FROM messages WHERE state = 'held';
