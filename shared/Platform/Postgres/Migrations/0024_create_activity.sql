-- One row per thing that happened to a token, for people to read. Rows with a block derive from its logs and are
-- deleted when it is undone; the others are what was done here. Written by marketplace.
CREATE TABLE activity (
    id               uuid PRIMARY KEY,
    kind             text NOT NULL CHECK (kind IN ('mint', 'transfer', 'burn', 'list', 'sale', 'cancel', 'expire',
        'deactivate', 'reactivate')),
    chain_id         bigint NOT NULL,
    contract         bytea NOT NULL CHECK (length(contract) = 20),
    token_id         numeric(78,0) NOT NULL,
    quantity         numeric(78,0) NOT NULL,
    from_address     bytea CHECK (length(from_address) = 20),
    to_address       bytea CHECK (length(to_address) = 20),
    price_wei        numeric(78,0),
    listing_id       uuid,
    transaction_hash bytea CHECK (length(transaction_hash) = 32),
    block_number     bigint,
    block_hash       bytea CHECK (length(block_hash) = 32),
    happened_at      timestamptz NOT NULL,
    CHECK ((block_number IS NULL) = (block_hash IS NULL))
);
CREATE INDEX activity_feed ON activity (happened_at DESC, id DESC);
CREATE INDEX activity_token ON activity (chain_id, contract, token_id, happened_at DESC, id DESC);
CREATE INDEX activity_undo ON activity (chain_id, block_number) WHERE block_number IS NOT NULL;
GRANT SELECT, INSERT, DELETE ON activity TO marketplace;
