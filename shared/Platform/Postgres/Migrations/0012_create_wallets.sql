-- One row per wallet that proved whose it is: a wallet is one person's. Written and deleted by auth. A key's signature
-- holds on every chain; a contract answers for itself on the chain it was asked on and on no other.
CREATE TABLE wallets (
    address   bytea PRIMARY KEY CHECK (length(address) = 20),
    user_id   uuid NOT NULL REFERENCES users (id),
    kind      text NOT NULL CHECK (kind IN ('key', 'contract')),
    chain_id  bigint CHECK (chain_id > 0),
    linked_at timestamptz NOT NULL,
    CHECK ((kind = 'contract') = (chain_id IS NOT NULL))
);
CREATE INDEX wallets_user ON wallets (user_id);
GRANT SELECT, INSERT, DELETE ON wallets TO auth;

-- What other rooms may know of wallets: whose one is. Read with the owner's rights.
CREATE VIEW linked_wallets AS SELECT address, user_id, chain_id FROM wallets;
GRANT SELECT ON linked_wallets TO marketplace;

-- One row per question put to a wallet (ERC-4361), answered at most once. Written by auth; deleted with its session.
CREATE TABLE wallet_challenges (
    id          uuid PRIMARY KEY,
    session_id  uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    user_id     uuid NOT NULL REFERENCES users (id),
    chain_id    bigint NOT NULL CHECK (chain_id > 0),
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    consumed_at timestamptz,
    address     bytea NOT NULL CHECK (length(address) = 20),
    nonce       text NOT NULL CHECK (nonce ~ '^[A-Za-z0-9]{16,64}$'),
    domain      text NOT NULL CHECK (length(domain) BETWEEN 1 AND 300),
    uri         text NOT NULL CHECK (length(uri) BETWEEN 1 AND 2000),
    CHECK (expires_at > issued_at)
);
CREATE INDEX wallet_challenges_session ON wallet_challenges (session_id);
GRANT SELECT, INSERT, UPDATE (consumed_at) ON wallet_challenges TO auth;
