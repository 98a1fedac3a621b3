-- to_address is null for what creates a contract. when_fees_exceed says whether it waits for fees to fall or ends, and
-- fee_per_gas_max_wei what a unit of gas may cost, where that is less than the chain's own ceiling. refund_of names what
-- is paid back.
ALTER TABLE transactions
    ALTER COLUMN to_address DROP NOT NULL,
    ADD COLUMN when_fees_exceed text NOT NULL DEFAULT 'wait' CHECK (when_fees_exceed IN ('wait', 'fail')),
    ADD COLUMN fee_per_gas_max_wei numeric(78,0)
        CHECK (fee_per_gas_max_wei > 0 AND fee_per_gas_max_wei < 2::numeric ^ 256),
    ADD COLUMN refund_of text CHECK (length(refund_of) BETWEEN 1 AND 200),
    ADD CONSTRAINT transactions_deploy_check CHECK (to_address IS NOT NULL OR length(data) > 0);

-- Nothing is paid back twice, whoever asks and under whatever key; what came to nothing may be asked for again.
CREATE UNIQUE INDEX transactions_refund ON transactions (refund_of)
    WHERE refund_of IS NOT NULL AND status NOT IN ('refused', 'replaced', 'reverted');

-- What fees may keep from being sent though the chain's own ceiling does not.
CREATE INDEX transactions_fee_bound ON transactions (signer_id, id)
    WHERE status = 'queued' AND (fee_per_gas_max_wei IS NOT NULL OR when_fees_exceed = 'fail');
