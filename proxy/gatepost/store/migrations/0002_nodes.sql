-- The gateway processes that share a database server, each known by its beats. Times are the server's.
-- A database in a file does without: there the kernel knows who is alive.

CREATE TABLE nodes (
    name TEXT PRIMARY KEY,
    since BIGINT NOT NULL,          -- heard of without a break since then
    beat_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL     -- silent past this it counts as dead
);
