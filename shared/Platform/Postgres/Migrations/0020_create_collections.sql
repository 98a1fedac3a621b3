-- One row per token contract that this marketplace serves. Written by marketplace when an administrator registers it;
-- never deleted. Its logs are followed from followed_from; until backfilled_to has met the chain's cursor it is read
-- on its own, after that with the others.
CREATE TABLE collections (
    chain_id      bigint NOT NULL CHECK (chain_id > 0),
    contract      bytea NOT NULL CHECK (length(contract) = 20),
    standard      text NOT NULL CHECK (standard IN ('erc721', 'erc1155')),
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    registered_by uuid NOT NULL,
    registered_at timestamptz NOT NULL,
    followed_from bigint NOT NULL CHECK (followed_from >= 0),
    backfilled_to bigint NOT NULL,
    is_live       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (chain_id, contract)
);
GRANT SELECT, INSERT ON collections TO marketplace;
GRANT UPDATE (backfilled_to, is_live) ON collections TO marketplace;
