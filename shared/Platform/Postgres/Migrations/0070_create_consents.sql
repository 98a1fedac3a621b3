-- One row per call that a person was asked to let their embedded wallet make. Written by signing: by the person's
-- request and answer, and by the schedule that asks the provider; never deleted.
CREATE TABLE consents (
    id               uuid PRIMARY KEY,
    user_id          uuid NOT NULL,
    chain_id         bigint NOT NULL CHECK (chain_id > 0),
    wallet           bytea NOT NULL CHECK (length(wallet) = 20),
    contract         bytea NOT NULL CHECK (length(contract) = 20),
    data             bytea NOT NULL CHECK (length(data) BETWEEN 4 AND 65536),
    value_wei        numeric(78,0) NOT NULL CHECK (value_wei >= 0 AND value_wei < 2::numeric ^ 256),
    description      text NOT NULL CHECK (length(description) BETWEEN 1 AND 200),
    status           text NOT NULL CHECK (status IN (
        'asked', 'submitted', 'completed', 'failed', 'denied', 'lapsed')),
    reason           text CHECK (length(reason) BETWEEN 1 AND 200),
    transaction_id   uuid UNIQUE,
    transaction_hash bytea CHECK (length(transaction_hash) = 32),
    asked_at         timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CHECK (expires_at > asked_at),
    CHECK ((status IN ('submitted', 'completed', 'failed')) = (transaction_id IS NOT NULL)),
    CHECK (status <> 'completed' OR transaction_hash IS NOT NULL),
    CHECK ((status IN ('failed', 'denied', 'lapsed')) = (reason IS NOT NULL))
);
CREATE INDEX consents_open ON consents (updated_at) WHERE status IN ('asked', 'submitted');
CREATE INDEX consents_user ON consents (user_id, id);
GRANT SELECT, INSERT, UPDATE (status, reason, transaction_id, transaction_hash, updated_at) ON consents TO signing;
