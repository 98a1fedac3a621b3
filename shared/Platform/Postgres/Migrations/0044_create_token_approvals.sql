-- One row per log by which an owner lets an operator move one token or all of a contract's, or takes that back. Rows
-- are only added: of an (owner, operator) the newest row without a token counts, of a token the newest with it, and
-- only while the token has not moved since. So an undone block is undone by deleting its rows. Written by marketplace.
CREATE TABLE token_approvals (
    chain_id     bigint NOT NULL,
    block_hash   bytea NOT NULL CHECK (length(block_hash) = 32),
    log_index    integer NOT NULL,
    block_number bigint NOT NULL,
    contract     bytea NOT NULL CHECK (length(contract) = 20),
    owner        bytea NOT NULL CHECK (length(owner) = 20),
    -- Who may move; zero where an owner took back what one token's operator might.
    operator     bytea NOT NULL CHECK (length(operator) = 20),
    -- Null for all tokens of the contract.
    token_id     numeric(78,0) CHECK (token_id >= 0 AND token_id < 2::numeric ^ 256),
    is_approved  boolean NOT NULL,
    PRIMARY KEY (chain_id, block_hash, log_index)
);
CREATE INDEX token_approvals_undo ON token_approvals (chain_id, block_number);
CREATE INDEX token_approvals_all ON token_approvals (chain_id, contract, owner, operator, block_number, log_index)
    WHERE token_id IS NULL;
CREATE INDEX token_approvals_one ON token_approvals (chain_id, contract, token_id, block_number, log_index)
    WHERE token_id IS NOT NULL;
GRANT SELECT, INSERT, DELETE ON token_approvals TO marketplace;

-- A token's movements, newest last: whether one came after an approval.
CREATE INDEX token_transfers_token ON token_transfers (chain_id, contract, token_id, block_number, log_index);

-- Ownership is an exact sum of movements, so that each can be taken out again whatever came between. Of a token that an
-- owner had before its contract was followed, the sum falls below zero when it leaves: readers see that as nothing. A
-- contract may write what it likes, so the sum has no bound.
ALTER TABLE token_balances DROP CONSTRAINT token_balances_quantity_check;
ALTER TABLE token_balances ALTER COLUMN quantity TYPE numeric;
-- No statement reads by owner, and with the quantity in an index no update stays in its page.
DROP INDEX token_balances_owner;
ALTER TABLE token_balances SET (fillfactor = 85);
