-- wish is what an operator, or a node's refusal, wants of a transaction that a node may have: outbid it as it is, or by a
-- payment of nothing to the wallet itself; whichever is mined decides. What its gas cost stands once it is mined.
ALTER TABLE transactions
    ADD COLUMN wish text CHECK (wish IN ('replace', 'cancel')),
    ADD COLUMN wish_reason text CHECK (length(wish_reason) BETWEEN 1 AND 200),
    ADD COLUMN gas_used bigint CHECK (gas_used >= 0),
    ADD COLUMN gas_price_wei numeric(78,0) CHECK (gas_price_wei >= 0 AND gas_price_wei < 2::numeric ^ 256),
    ADD CHECK ((wish IS NULL) = (wish_reason IS NULL));
GRANT UPDATE (wish, wish_reason, gas_used, gas_price_wei) ON transactions TO signing;

-- A cancelled transaction was replaced in a block: the one that holds the payment of nothing.
ALTER TABLE transactions
    DROP CONSTRAINT transactions_check3,
    ADD CONSTRAINT transactions_block_check CHECK (block_hash IS NOT NULL OR status NOT IN ('mined', 'final', 'reverted')),
    ADD CONSTRAINT transactions_no_block_check CHECK (block_hash IS NULL OR status IN ('mined', 'final', 'reverted', 'replaced'));

-- The wallets that wait for the chain, in the order of their nonces; and the blocks that hold transactions not yet deep.
DROP INDEX transactions_to_confirm;
CREATE INDEX transactions_in_flight ON transactions (signer_id, nonce)
    WHERE status IN ('allocated', 'signed', 'broadcast', 'unknown');
CREATE INDEX transactions_mined ON transactions (chain_id, block_number, block_hash) WHERE status = 'mined';

-- Which nonce a signature is for: one that was shut out by a foreign transaction is signed again for another. is_cancel:
-- it pays nothing to the wallet itself. given_block: the newest block that signing had looked at when it was given.
-- outcome: what a node last said to it. Two rows may have one hash: a filler may be, octet for octet, what a transaction
-- that paid nothing to the wallet was before it was refused and gave up its nonce.
ALTER TABLE transaction_attempts
    ADD COLUMN nonce bigint CHECK (nonce >= 0),
    ADD COLUMN is_cancel boolean NOT NULL DEFAULT false,
    ADD COLUMN given_block bigint CHECK (given_block >= 0),
    ADD COLUMN outcome text CHECK (length(outcome) BETWEEN 1 AND 40),
    DROP CONSTRAINT transaction_attempts_transaction_hash_key;
UPDATE transaction_attempts a SET nonce = t.nonce FROM transactions t WHERE t.id = a.transaction_id;
GRANT UPDATE (given_block, outcome) ON transaction_attempts TO signing;
