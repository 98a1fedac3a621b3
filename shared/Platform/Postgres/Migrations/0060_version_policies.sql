-- Every policy is kept alike from now on: rules, lists of recipients, contracts and wallets' limits are versions in one
-- table, in the shape that all proposals have. Renamed and not made anew, for nothing was released with the old name.
-- A version that allows less is in force at once; one that allows more waits for a second person and a delay. The
-- newest version whose time has come, and which nobody withdrew before that, counts.
ALTER TABLE policy_rules RENAME TO policies;
ALTER TABLE policies RENAME COLUMN rule_id TO id;
ALTER TABLE policies RENAME COLUMN rule TO content;
ALTER TABLE policies
    ADD COLUMN kind         text NOT NULL DEFAULT 'rule'
                                CHECK (kind IN ('rule', 'recipient_list', 'contract', 'signer_limit')),
    ADD COLUMN name         text CHECK (length(name) BETWEEN 1 AND 200),
    ADD COLUMN is_narrowing boolean NOT NULL DEFAULT false,
    ADD COLUMN effective_at timestamptz,
    ADD COLUMN withdrawn_by uuid,
    ADD COLUMN withdrawn_at timestamptz;
UPDATE policies SET name = id::text, effective_at = approved_at;
ALTER TABLE policies
    ALTER COLUMN kind DROP DEFAULT,
    ALTER COLUMN is_narrowing DROP DEFAULT,
    ALTER COLUMN name SET NOT NULL,
    ADD CHECK ((effective_at IS NOT NULL) = (is_narrowing OR approved_at IS NOT NULL)),
    ADD CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    ADD CHECK (withdrawn_at IS NULL OR effective_at IS NULL OR withdrawn_at < effective_at);
-- What a policy is about has one policy: a list's name, a contract's address, a wallet.
CREATE UNIQUE INDEX policies_name ON policies (kind, name, version);
GRANT UPDATE (effective_at, withdrawn_by, withdrawn_at) ON policies TO signing;

-- One row in all: rises with every change of a policy, so that whoever keeps them in memory sees at a glance whether
-- they are still right. Written by signing in the transaction of the change; never deleted.
CREATE TABLE policy_revision (
    is_only  boolean PRIMARY KEY CHECK (is_only),
    revision bigint NOT NULL CHECK (revision > 0)
);
INSERT INTO policy_revision VALUES (true, 1);
GRANT SELECT, UPDATE ON policy_revision TO signing;
