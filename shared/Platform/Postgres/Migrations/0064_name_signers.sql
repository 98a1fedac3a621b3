-- Many wallets a chain: name is what the settings call the wallet now, null once they call another so. Every nonce below
-- settled_nonce is used for good: the search for gaps begins there. balance_low_at is when the wallet was announced to
-- run dry, null while it has enough.
ALTER TABLE signers
    ADD COLUMN name text CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
    ADD COLUMN settled_nonce bigint NOT NULL DEFAULT 0 CHECK (settled_nonce >= 0),
    ADD COLUMN balance_low_at timestamptz;
CREATE UNIQUE INDEX signers_name ON signers (name);
GRANT UPDATE (name, settled_nonce, balance_low_at) ON signers TO signing;
