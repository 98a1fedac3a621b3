-- The types of typed data that the platform's wallets may sign are policies too, with their second person and delay.
ALTER TABLE policies
    DROP CONSTRAINT policies_kind_check,
    ADD CONSTRAINT policies_kind_check
        CHECK (kind IN ('rule', 'recipient_list', 'contract', 'signer_limit', 'signature'));
