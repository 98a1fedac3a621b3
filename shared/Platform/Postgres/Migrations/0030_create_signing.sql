-- One row per wallet of the platform: a key that the signing provider keeps, on one chain. Written by signing; never
-- deleted, for its transactions name it. next_nonce is the nonce that the next allocation takes.
CREATE TABLE signers (
    id           uuid PRIMARY KEY,
    chain_id     bigint NOT NULL CHECK (chain_id > 0),
    address      bytea NOT NULL CHECK (length(address) = 20),
    next_nonce   bigint NOT NULL CHECK (next_nonce >= 0),
    paused_at    timestamptz,
    paused_by    uuid,
    pause_reason text CHECK (length(pause_reason) BETWEEN 1 AND 200),
    created_at   timestamptz NOT NULL,
    UNIQUE (chain_id, address),
    CHECK ((paused_at IS NULL) = (paused_by IS NULL) AND (paused_at IS NULL) = (pause_reason IS NULL))
);
GRANT SELECT, INSERT ON signers TO signing;
GRANT UPDATE (next_nonce, paused_at, paused_by, pause_reason) ON signers TO signing;

-- One row per version of a policy rule: proposed by one person and in force once another approved it; the newest
-- approved version of a rule counts. Written by signing; never changed but by its approval, never deleted.
CREATE TABLE policy_rules (
    rule_id     uuid NOT NULL,
    version     integer NOT NULL CHECK (version > 0),
    rule        jsonb NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    approved_by uuid,
    approved_at timestamptz,
    PRIMARY KEY (rule_id, version),
    CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
    CHECK (approved_by <> proposed_by)
);
GRANT SELECT, INSERT ON policy_rules TO signing;
GRANT UPDATE (approved_by, approved_at) ON policy_rules TO signing;

-- One row per transaction that the platform was asked to send, or that fills a nonce nobody can use any more. Written
-- by signing; never deleted: it is the account of the platform's money.
CREATE TABLE transactions (
    id               uuid PRIMARY KEY,
    signer_id        uuid NOT NULL REFERENCES signers (id),
    chain_id         bigint NOT NULL CHECK (chain_id > 0),
    status           text NOT NULL CHECK (status IN ('queued', 'allocated', 'signed', 'broadcast', 'mined', 'final',
                         'reverted', 'replaced', 'refused', 'unknown')),
    nonce            bigint CHECK (nonce >= 0),
    to_address       bytea NOT NULL CHECK (length(to_address) = 20),
    value_wei        numeric(78,0) NOT NULL CHECK (value_wei >= 0 AND value_wei < 2::numeric ^ 256),
    data             bytea NOT NULL CHECK (length(data) <= 65536),
    gas_limit        bigint NOT NULL CHECK (gas_limit >= 21000),
    is_filler        boolean NOT NULL,
    description      text NOT NULL CHECK (length(description) BETWEEN 1 AND 200),
    requested_by     uuid,
    rule_id          uuid,
    rule_version     integer,
    reason           text CHECK (length(reason) BETWEEN 1 AND 200),
    waits_for        text CHECK (length(waits_for) BETWEEN 1 AND 200),
    transaction_hash bytea CHECK (length(transaction_hash) = 32),
    block_number     bigint CHECK (block_number >= 0),
    block_hash       bytea CHECK (length(block_hash) = 32),
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    finalized_at     timestamptz,
    FOREIGN KEY (rule_id, rule_version) REFERENCES policy_rules (rule_id, version),
    CHECK ((status IN ('final', 'reverted', 'replaced', 'refused')) = (finalized_at IS NOT NULL)),
    CHECK ((status IN ('queued', 'refused')) = (nonce IS NULL)),
    CHECK (status IN ('queued', 'allocated', 'refused', 'replaced') OR transaction_hash IS NOT NULL),
    CHECK ((status IN ('mined', 'final', 'reverted')) = (block_hash IS NOT NULL)),
    CHECK ((block_hash IS NULL) = (block_number IS NULL)),
    CHECK (status NOT IN ('reverted', 'replaced', 'refused') OR reason IS NOT NULL),
    CHECK (is_filler = (rule_id IS NULL) AND is_filler = (requested_by IS NULL))
);
-- No nonce is ever given twice, and none is skipped: the row that cannot use its nonce hands it to a filler.
CREATE UNIQUE INDEX transactions_nonce ON transactions (signer_id, nonce) WHERE nonce IS NOT NULL;
CREATE INDEX transactions_to_send ON transactions (signer_id, nonce, id)
    WHERE status IN ('queued', 'allocated', 'signed');
CREATE INDEX transactions_to_confirm ON transactions (chain_id, nonce)
    WHERE status IN ('broadcast', 'unknown', 'mined');
CREATE INDEX transactions_by_rule ON transactions (rule_id, created_at);
CREATE INDEX transactions_by_status ON transactions (status, id);
CREATE INDEX transactions_by_signer ON transactions (signer_id, id);
GRANT SELECT, INSERT ON transactions TO signing;
GRANT UPDATE (status, nonce, reason, waits_for, transaction_hash, block_number, block_hash, updated_at, finalized_at)
    ON transactions TO signing;

-- One row per move of a transaction, in order. Written by signing in the transaction of the move; never changed.
CREATE TABLE transaction_history (
    sequence         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_id   uuid NOT NULL REFERENCES transactions (id),
    status           text NOT NULL,
    nonce            bigint,
    reason           text,
    transaction_hash bytea CHECK (length(transaction_hash) = 32),
    block_number     bigint,
    block_hash       bytea CHECK (length(block_hash) = 32),
    happened_at      timestamptz NOT NULL
);
CREATE INDEX transaction_history_of ON transaction_history (transaction_id, sequence);
GRANT SELECT, INSERT ON transaction_history TO signing;

-- One row per signature made for a transaction: the octets that are broadcast, and broadcast again, identically. A
-- second row has the same nonce and a higher fee. Written by signing before a node sees the octets; never deleted.
CREATE TABLE transaction_attempts (
    transaction_id       uuid NOT NULL REFERENCES transactions (id),
    attempt              integer NOT NULL CHECK (attempt > 0),
    transaction_hash     bytea NOT NULL UNIQUE CHECK (length(transaction_hash) = 32),
    raw                  bytea NOT NULL,
    fee_per_gas_wei      numeric(78,0) NOT NULL CHECK (fee_per_gas_wei >= 0),
    priority_fee_per_gas_wei numeric(78,0) NOT NULL CHECK (priority_fee_per_gas_wei BETWEEN 0 AND fee_per_gas_wei),
    signed_at            timestamptz NOT NULL,
    given_at             timestamptz,
    PRIMARY KEY (transaction_id, attempt)
);
GRANT SELECT, INSERT ON transaction_attempts TO signing;
GRANT UPDATE (given_at) ON transaction_attempts TO signing;

-- One row per chain: the newest block that signing has confirmed its transactions against. Written by signing.
CREATE TABLE signing_heads (
    chain_id     bigint PRIMARY KEY CHECK (chain_id > 0),
    block_number bigint NOT NULL CHECK (block_number >= 0),
    block_hash   bytea NOT NULL CHECK (length(block_hash) = 32),
    checked_at   timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON signing_heads TO signing;
