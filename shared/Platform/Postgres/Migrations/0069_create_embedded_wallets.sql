-- A wallet may be one that the signing provider keeps for a person, who proved their e-mail instead of a signature.
ALTER TABLE wallets DROP CONSTRAINT wallets_kind_check;
ALTER TABLE wallets ADD CONSTRAINT wallets_kind_check CHECK (kind IN ('key', 'contract', 'embedded'));

-- One row per embedded wallet: whose e-mail it goes by at the provider, readable only through Vault. Written by auth;
-- deleted with the wallet's link.
CREATE TABLE embedded_wallets (
    address          bytea PRIMARY KEY REFERENCES wallets (address) ON DELETE CASCADE,
    email_ciphertext text NOT NULL CHECK (email_ciphertext LIKE 'vault:v%')
);
GRANT SELECT, INSERT ON embedded_wallets TO auth;

-- What signing needs to ask a person for consent. Read with the owner's rights.
CREATE VIEW consenting_wallets AS
SELECT w.address, w.user_id, e.email_ciphertext FROM wallets w JOIN embedded_wallets e ON e.address = w.address;
GRANT SELECT ON consenting_wallets TO signing;
