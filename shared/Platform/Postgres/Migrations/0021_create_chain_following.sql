-- One row per chain: how far it has been read, and how far a hint says it goes. Written by marketplace under the
-- lease chain/<id>, except hints, which anyone of the room raises; never deleted.
CREATE TABLE chain_cursors (
    chain_id      bigint PRIMARY KEY CHECK (chain_id > 0),
    number        bigint NOT NULL CHECK (number >= 0),
    hash          bytea NOT NULL CHECK (length(hash) = 32),
    parent_hash   bytea NOT NULL CHECK (length(parent_hash) = 32),
    block_time    timestamptz NOT NULL,
    hints         bigint NOT NULL DEFAULT 0,
    hinted_block  bigint NOT NULL DEFAULT 0,
    reorgs        bigint NOT NULL DEFAULT 0,
    halted_reason text,
    updated_at    timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON chain_cursors TO marketplace;

-- The headers that a reorganisation is measured against: one a range that was read. Deleted once deeper than any
-- reorganisation that is unwound without a person.
CREATE TABLE chain_blocks (
    chain_id    bigint NOT NULL,
    number      bigint NOT NULL,
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    parent_hash bytea NOT NULL CHECK (length(parent_hash) = 32),
    block_time  timestamptz NOT NULL,
    PRIMARY KEY (chain_id, number)
);
GRANT SELECT, INSERT, DELETE ON chain_blocks TO marketplace;

-- One row per movement of a token that a log shows. Written by marketplace when it applies the log, deleted when the
-- log's block is undone.
CREATE TABLE token_transfers (
    chain_id         bigint NOT NULL,
    block_hash       bytea NOT NULL CHECK (length(block_hash) = 32),
    log_index        integer NOT NULL,
    position         integer NOT NULL,
    block_number     bigint NOT NULL,
    block_time       timestamptz NOT NULL,
    transaction_hash bytea NOT NULL CHECK (length(transaction_hash) = 32),
    contract         bytea NOT NULL CHECK (length(contract) = 20),
    token_id         numeric(78,0) NOT NULL CHECK (token_id >= 0 AND token_id < 2::numeric ^ 256),
    from_address     bytea NOT NULL CHECK (length(from_address) = 20),
    to_address       bytea NOT NULL CHECK (length(to_address) = 20),
    quantity         numeric(78,0) NOT NULL CHECK (quantity >= 0 AND quantity < 2::numeric ^ 256),
    PRIMARY KEY (chain_id, block_hash, log_index, position)
);
CREATE INDEX token_transfers_undo ON token_transfers (chain_id, block_number);
GRANT SELECT, INSERT, DELETE ON token_transfers TO marketplace;

-- How many units of a token an address owns: the sum of its movements, so 1 or 0 for ERC-721. Written with them.
CREATE TABLE token_balances (
    chain_id bigint NOT NULL,
    contract bytea NOT NULL CHECK (length(contract) = 20),
    token_id numeric(78,0) NOT NULL,
    owner    bytea NOT NULL CHECK (length(owner) = 20),
    quantity numeric(80,0) NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (chain_id, contract, token_id, owner)
);
CREATE INDEX token_balances_owner ON token_balances (chain_id, owner) WHERE quantity > 0;
GRANT SELECT, INSERT, UPDATE, DELETE ON token_balances TO marketplace;

-- One row per Seaport log that moved a listing of ours. Written when it is applied, deleted when its block is undone.
CREATE TABLE order_events (
    chain_id         bigint NOT NULL,
    block_hash       bytea NOT NULL CHECK (length(block_hash) = 32),
    log_index        integer NOT NULL,
    listing_id       uuid NOT NULL,
    block_number     bigint NOT NULL,
    transaction_hash bytea NOT NULL CHECK (length(transaction_hash) = 32),
    kind             text NOT NULL CHECK (kind IN ('filled', 'cancelled')),
    purchase_id      uuid,
    PRIMARY KEY (chain_id, block_hash, log_index, listing_id)
);
CREATE INDEX order_events_undo ON order_events (chain_id, block_number);
GRANT SELECT, INSERT, DELETE ON order_events TO marketplace;
