-- One row per listing that was prepared for signing and may be submitted until it expires. Written by marketplace,
-- deleted when its listing is submitted, or by the expire schedule.
CREATE TABLE prepared_listings (
    order_hash        bytea PRIMARY KEY CHECK (length(order_hash) = 32),
    chain_id          bigint NOT NULL CHECK (chain_id > 0),
    seller_id         uuid NOT NULL,
    "order"           jsonb NOT NULL,
    price_wei         numeric(78,0) NOT NULL CHECK (price_wei > 0 AND price_wei < 2::numeric ^ 256),
    fee_bps           integer NOT NULL CHECK (fee_bps BETWEEN 0 AND 10000),
    fee_recipient     bytea NOT NULL CHECK (length(fee_recipient) = 20),
    fee_version       integer NOT NULL,
    royalty_recipient bytea NOT NULL CHECK (length(royalty_recipient) = 20),
    royalty_wei       numeric(78,0) NOT NULL CHECK (royalty_wei >= 0 AND royalty_wei < 2::numeric ^ 256),
    expires_at        timestamptz NOT NULL
);
CREATE INDEX prepared_listings_expiry ON prepared_listings (expires_at);
GRANT SELECT, INSERT, DELETE ON prepared_listings TO marketplace;

-- One row per signed order offered here. Written by marketplace: by its seller, a buyer's hold, the chain, and time.
-- Never deleted. The signature leaves it only in the steps of a hold.
CREATE TABLE listings (
    id                            uuid PRIMARY KEY,
    status                        text NOT NULL CHECK (status IN (
        'active', 'held', 'inactive', 'needs_reconfirm', 'cancel_pending', 'filled', 'cancelled', 'expired')),
    reason                        text,
    chain_id                      bigint NOT NULL CHECK (chain_id > 0),
    contract                      bytea NOT NULL CHECK (length(contract) = 20),
    token_id                      numeric(78,0) NOT NULL CHECK (token_id >= 0 AND token_id < 2::numeric ^ 256),
    standard                      text NOT NULL CHECK (standard IN ('erc721', 'erc1155')),
    quantity                      numeric(78,0) NOT NULL CHECK (quantity > 0 AND quantity < 2::numeric ^ 256),
    price_wei                     numeric(78,0) NOT NULL CHECK (price_wei > 0 AND price_wei < 2::numeric ^ 256),
    seller_id                     uuid NOT NULL,
    seller                        bytea NOT NULL CHECK (length(seller) = 20),
    order_hash                    bytea NOT NULL CHECK (length(order_hash) = 32),
    protection                    text NOT NULL CHECK (protection IN ('protected', 'open')),
    starts_at                     timestamptz NOT NULL,
    ends_at                       timestamptz NOT NULL,
    held_by                       uuid,
    held_until                    timestamptz,
    last_authorization_expires_at timestamptz,
    status_before_fill            text,
    reason_before_fill            text,
    "order"                       jsonb NOT NULL,
    signature                     bytea NOT NULL CHECK (length(signature) BETWEEN 64 AND 4096),
    fee_version                   integer NOT NULL,
    fee_recipient                 bytea NOT NULL CHECK (length(fee_recipient) = 20),
    royalty_recipient             bytea NOT NULL CHECK (length(royalty_recipient) = 20),
    observed_block                bigint NOT NULL,
    observed_hash                 bytea NOT NULL CHECK (length(observed_hash) = 32),
    created_at                    timestamptz NOT NULL,
    updated_at                    timestamptz NOT NULL,
    finalized_at                  timestamptz,
    UNIQUE (chain_id, order_hash),
    CHECK (ends_at > starts_at),
    CHECK ((held_by IS NULL) = (held_until IS NULL)),
    CHECK (status <> 'held' OR held_by IS NOT NULL),
    CHECK ((status IN ('active', 'held')) = (reason IS NULL)),
    CHECK ((status = 'filled') = (status_before_fill IS NOT NULL)),
    CHECK ((status IN ('filled', 'cancelled', 'expired')) = (finalized_at IS NOT NULL))
);
-- A token that can be bought, or may yet be by an authorization that went out, has one such listing of its seller.
CREATE UNIQUE INDEX listings_one_open ON listings (chain_id, contract, token_id, seller)
    WHERE standard = 'erc721' AND protection = 'protected' AND status IN ('active', 'held', 'cancel_pending');
CREATE INDEX listings_search ON listings (created_at DESC, id DESC) WHERE status IN ('active', 'held');
CREATE INDEX listings_token ON listings (chain_id, contract, token_id);
CREATE INDEX listings_offerer ON listings (chain_id, seller) WHERE finalized_at IS NULL;
CREATE INDEX listings_end ON listings (chain_id, ends_at) WHERE finalized_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON listings TO marketplace;
