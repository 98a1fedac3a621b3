-- One row per movement of a currency (WETH-like ERC-20) that the chain's settings name. A deposit comes from the zero
-- address, a withdrawal goes there. Written by marketplace when it applies the log, deleted when its block is undone.
CREATE TABLE currency_transfers (
    chain_id         bigint NOT NULL,
    block_hash       bytea NOT NULL CHECK (length(block_hash) = 32),
    log_index        integer NOT NULL,
    block_number     bigint NOT NULL,
    transaction_hash bytea NOT NULL CHECK (length(transaction_hash) = 32),
    currency         bytea NOT NULL CHECK (length(currency) = 20),
    from_address     bytea NOT NULL CHECK (length(from_address) = 20),
    to_address       bytea NOT NULL CHECK (length(to_address) = 20),
    amount_wei       numeric(78,0) NOT NULL CHECK (amount_wei >= 0 AND amount_wei < 2::numeric ^ 256),
    PRIMARY KEY (chain_id, block_hash, log_index)
);
CREATE INDEX currency_transfers_undo ON currency_transfers (chain_id, block_number);
GRANT SELECT, INSERT, DELETE ON currency_transfers TO marketplace;

-- The sum of an owner's movements since the chain is followed, in wei: what they had before is not in it, so it may be
-- negative. Written with the movements.
CREATE TABLE currency_balances (
    chain_id   bigint NOT NULL,
    currency   bytea NOT NULL CHECK (length(currency) = 20),
    owner      bytea NOT NULL CHECK (length(owner) = 20),
    amount_wei numeric NOT NULL,
    PRIMARY KEY (chain_id, currency, owner)
) WITH (fillfactor = 85);
GRANT SELECT, INSERT, UPDATE ON currency_balances TO marketplace;

-- One row per log by which an owner lets a spender move some of a currency. Rows are only added and the newest of an
-- (owner, spender) counts. It is an upper bound: what the spender moved since lowers the allowance without a log.
CREATE TABLE currency_approvals (
    chain_id     bigint NOT NULL,
    block_hash   bytea NOT NULL CHECK (length(block_hash) = 32),
    log_index    integer NOT NULL,
    block_number bigint NOT NULL,
    currency     bytea NOT NULL CHECK (length(currency) = 20),
    owner        bytea NOT NULL CHECK (length(owner) = 20),
    spender      bytea NOT NULL CHECK (length(spender) = 20),
    amount_wei   numeric(78,0) NOT NULL CHECK (amount_wei >= 0 AND amount_wei < 2::numeric ^ 256),
    PRIMARY KEY (chain_id, block_hash, log_index)
);
CREATE INDEX currency_approvals_undo ON currency_approvals (chain_id, block_number);
CREATE INDEX currency_approvals_newest
    ON currency_approvals (chain_id, currency, owner, spender, block_number, log_index);
GRANT SELECT, INSERT, DELETE ON currency_approvals TO marketplace;
