-- One row per request of an operator to rebuild what derives from a chain, from a block on. Written by marketplace: by
-- the request, and then by the chain's leader; never deleted. staged_* is the last block whose logs were kept aside,
-- contracts the SHA-256 of the addresses they were asked of: another set, or a block that left the chain, begins anew.
CREATE TABLE chain_resyncs (
    id             uuid PRIMARY KEY,
    chain_id       bigint NOT NULL CHECK (chain_id > 0),
    from_block     bigint NOT NULL CHECK (from_block > 0),
    status         text NOT NULL CHECK (status IN ('requested', 'staging', 'done', 'failed')),
    requested_by   uuid NOT NULL,
    requested_at   timestamptz NOT NULL,
    staged_number  bigint,
    staged_hash    bytea CHECK (length(staged_hash) = 32),
    staged_parent  bytea CHECK (length(staged_parent) = 32),
    staged_time    timestamptz,
    contracts      bytea CHECK (length(contracts) = 32),
    logs           bigint NOT NULL DEFAULT 0,
    restarts       integer NOT NULL DEFAULT 0,
    rebuilds       integer NOT NULL DEFAULT 0,
    was_halted     boolean,
    -- Per table: rows and digest before and after.
    tables         jsonb,
    is_equal       boolean,
    failed_reason  text,
    finished_at    timestamptz,
    CHECK ((status = 'requested') = (staged_number IS NULL) OR status = 'failed'),
    CHECK ((status IN ('done', 'failed')) = (finished_at IS NOT NULL)),
    CHECK ((status = 'done') = (is_equal IS NOT NULL AND tables IS NOT NULL AND was_halted IS NOT NULL)),
    CHECK ((status = 'failed') = (failed_reason IS NOT NULL))
);
CREATE UNIQUE INDEX chain_resyncs_open ON chain_resyncs (chain_id) WHERE status IN ('requested', 'staging');
GRANT SELECT, INSERT, UPDATE ON chain_resyncs TO marketplace;

-- One row per log that a resync keeps aside. Written by marketplace, deleted when the resync ends or begins anew.
CREATE TABLE chain_resync_logs (
    resync_id        uuid NOT NULL REFERENCES chain_resyncs (id),
    block_number     bigint NOT NULL,
    log_index        integer NOT NULL,
    block_hash       bytea NOT NULL CHECK (length(block_hash) = 32),
    block_time       timestamptz NOT NULL,
    transaction_hash bytea NOT NULL CHECK (length(transaction_hash) = 32),
    address          bytea NOT NULL CHECK (length(address) = 20),
    -- Up to four topics, one after the other.
    topics           bytea NOT NULL CHECK (length(topics) % 32 = 0 AND length(topics) <= 128),
    data             bytea NOT NULL,
    PRIMARY KEY (resync_id, block_number, log_index)
);
GRANT SELECT, INSERT, DELETE ON chain_resync_logs TO marketplace;
