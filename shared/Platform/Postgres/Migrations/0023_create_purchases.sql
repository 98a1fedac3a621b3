-- One row per buyer's hold of a listing and what became of it. Written by marketplace; never deleted.
CREATE TABLE purchases (
    id               uuid PRIMARY KEY,
    status           text NOT NULL CHECK (status IN ('held', 'submitted', 'settled', 'released', 'failed')),
    reason           text,
    listing_id       uuid NOT NULL REFERENCES listings (id),
    chain_id         bigint NOT NULL CHECK (chain_id > 0),
    order_hash       bytea NOT NULL CHECK (length(order_hash) = 32),
    buyer_id         uuid NOT NULL,
    buyer            bytea NOT NULL CHECK (length(buyer) = 20),
    price_wei        numeric(78,0) NOT NULL CHECK (price_wei > 0 AND price_wei < 2::numeric ^ 256),
    held_until       timestamptz NOT NULL,
    fillable_until   timestamptz NOT NULL,
    transaction_hash bytea CHECK (length(transaction_hash) = 32),
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    finalized_at     timestamptz,
    CHECK ((status IN ('settled', 'released', 'failed')) = (finalized_at IS NOT NULL)),
    CHECK ((status IN ('released', 'failed')) = (reason IS NOT NULL)),
    CHECK (status NOT IN ('submitted', 'settled') OR transaction_hash IS NOT NULL)
);
CREATE INDEX purchases_listing ON purchases (listing_id);
CREATE INDEX purchases_buyer ON purchases (buyer_id, created_at DESC);
CREATE INDEX purchases_open ON purchases (held_until) WHERE finalized_at IS NULL;
CREATE UNIQUE INDEX purchases_one_settled ON purchases (listing_id) WHERE status = 'settled';
GRANT SELECT, INSERT, UPDATE ON purchases TO marketplace;

-- One row per payment of a sale, derived from the log of its fill; a sale's lines, tips apart, add up to its price.
-- Written when the log is applied, deleted when its block is undone.
CREATE TABLE settlement_lines (
    chain_id     bigint NOT NULL,
    block_hash   bytea NOT NULL CHECK (length(block_hash) = 32),
    log_index    integer NOT NULL,
    position     integer NOT NULL,
    block_number bigint NOT NULL,
    listing_id   uuid NOT NULL REFERENCES listings (id),
    purchase_id  uuid REFERENCES purchases (id),
    recipient    bytea NOT NULL CHECK (length(recipient) = 20),
    kind         text NOT NULL CHECK (kind IN ('seller', 'royalty', 'platform_fee', 'other', 'tip')),
    amount_wei   numeric(78,0) NOT NULL CHECK (amount_wei >= 0 AND amount_wei < 2::numeric ^ 256),
    PRIMARY KEY (chain_id, block_hash, log_index, position)
);
CREATE INDEX settlement_lines_purchase ON settlement_lines (purchase_id);
CREATE INDEX settlement_lines_undo ON settlement_lines (chain_id, block_number);
GRANT SELECT, INSERT, DELETE ON settlement_lines TO marketplace;
