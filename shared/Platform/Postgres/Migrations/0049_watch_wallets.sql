-- One row per wallet that was ever linked: whether it is now, and so is to be watched at the providers. Written by
-- marketplace as auth announces the changes; never deleted. It begins with the wallets that are linked already.
CREATE TABLE watched_wallets (
    address    bytea PRIMARY KEY CHECK (length(address) = 20),
    is_watched boolean NOT NULL,
    changed_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON watched_wallets TO marketplace;
GRANT UPDATE (is_watched, changed_at) ON watched_wallets TO marketplace;

INSERT INTO watched_wallets (address, is_watched, changed_at) SELECT address, true, linked_at FROM wallets;
