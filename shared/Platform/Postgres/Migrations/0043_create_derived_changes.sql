-- One row per change that a block made to a listing, or to a purchase of it, with where the row stood before and after:
-- what is taken back should the block leave the chain. log_index is null for what the block's time decided. Written by
-- marketplace with the change, deleted when it is undone, and else kept: the chain may be read anew from any block, and
-- a listing has a handful of them in its life.
CREATE TABLE derived_changes (
    sequence           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chain_id           bigint NOT NULL CHECK (chain_id > 0),
    block_number       bigint NOT NULL,
    block_hash         bytea NOT NULL CHECK (length(block_hash) = 32),
    log_index          integer,
    listing_id         uuid NOT NULL REFERENCES listings (id),
    purchase_id        uuid REFERENCES purchases (id),
    status_before      text NOT NULL,
    reason_before      text,
    held_by_before     uuid,
    held_until_before  timestamptz,
    transaction_before bytea CHECK (length(transaction_before) = 32),
    status_after       text NOT NULL,
    reason_after       text,
    held_by_after      uuid,
    held_until_after   timestamptz,
    transaction_after  bytea CHECK (length(transaction_after) = 32),
    CHECK (purchase_id IS NULL OR (held_by_before IS NULL AND held_by_after IS NULL)),
    CHECK (purchase_id IS NOT NULL OR (transaction_before IS NULL AND transaction_after IS NULL))
);
CREATE INDEX derived_changes_undo ON derived_changes (chain_id, block_number);
GRANT SELECT, INSERT, DELETE ON derived_changes TO marketplace;

-- What was known of fills and cancellations so far, that the newest of them can still be undone.
INSERT INTO derived_changes (chain_id, block_number, block_hash, log_index, listing_id, status_before, reason_before,
    held_by_before, held_until_before, status_after, reason_after, held_by_after, held_until_after)
SELECT e.chain_id, e.block_number, e.block_hash, e.log_index, l.id,
    CASE WHEN e.kind = 'filled' THEN l.status_before_fill ELSE 'cancel_pending' END,
    CASE WHEN e.kind = 'filled' THEN l.reason_before_fill ELSE 'seller_cancelled' END,
    l.held_by, l.held_until, l.status, l.reason, l.held_by, l.held_until
FROM order_events e JOIN listings l ON l.id = e.listing_id
WHERE l.status = e.kind AND l.reason <> 'seller_cancelled'
ORDER BY e.block_number, e.log_index;
INSERT INTO derived_changes (chain_id, block_number, block_hash, log_index, listing_id, purchase_id, status_before,
    transaction_before, status_after, transaction_after)
SELECT e.chain_id, e.block_number, e.block_hash, e.log_index, p.listing_id, p.id, 'submitted', p.transaction_hash,
    p.status, p.transaction_hash
FROM order_events e JOIN purchases p ON p.id = e.purchase_id
WHERE p.status = 'settled'
ORDER BY e.block_number, e.log_index;

-- The journal says it now, of every status. An undone cancellation leaves no trace any more.
UPDATE listings SET reason = 'seller_cancelled' WHERE reason = 'cancel_undone';
ALTER TABLE listings
    DROP COLUMN status_before_fill,
    DROP COLUMN reason_before_fill,
    -- The block in which a seller who confirmed the listing was seen to own the token; logs up to it are in that.
    ADD COLUMN confirmed_block bigint;

ALTER TABLE order_events DROP CONSTRAINT order_events_kind_check;
UPDATE order_events e SET kind = 'counter_raised'
FROM listings l WHERE l.id = e.listing_id AND e.kind = 'cancelled' AND l.reason = 'counter_raised';
ALTER TABLE order_events ADD CHECK (kind IN ('filled', 'cancelled', 'counter_raised', 'validated', 'matched'));
