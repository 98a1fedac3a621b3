-- One row per transaction that a rule allowed: its share of the caps. Written by signing when it accepts the
-- transaction and when that takes a nonce; a share is given back when the transaction ends without having been mined.
CREATE TABLE policy_shares (
    transaction_id uuid PRIMARY KEY REFERENCES transactions (id) DEFERRABLE INITIALLY DEFERRED,
    rule_id        uuid NOT NULL,
    signer_id      uuid NOT NULL REFERENCES signers (id),
    value_wei      numeric(78,0) NOT NULL CHECK (value_wei >= 0 AND value_wei < 2::numeric ^ 256),
    amount         numeric(78,0) NOT NULL CHECK (amount >= 0 AND amount < 2::numeric ^ 256),
    accepted_at    timestamptz NOT NULL,
    allocated_at   timestamptz,
    returned_at    timestamptz
);
GRANT SELECT, INSERT ON policy_shares TO signing;
GRANT UPDATE (allocated_at, returned_at) ON policy_shares TO signing;

-- What each rule and each wallet has used, summed by when: so a cap is asked in a bounded number of rows, however long
-- the history is. A row of the hour is a minute long, one of the day a quarter of an hour; a window counts every row
-- that it touches, so that no sliding window ever holds more than its cap. Counted twice: when transactions are
-- accepted, and when they take their nonces, for what waited may be sent all at once. Written by signing; its rows are
-- deleted when no window touches them any more.
CREATE TABLE policy_usage (
    scope_id  uuid NOT NULL,
    phase     text NOT NULL CHECK (phase IN ('accepted', 'allocated')),
    period    text NOT NULL CHECK (period IN ('hour', 'day')),
    starts_at timestamptz NOT NULL,
    count     bigint NOT NULL CHECK (count >= 0),
    value_wei numeric NOT NULL CHECK (value_wei >= 0),
    amount    numeric NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (scope_id, phase, period, starts_at)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON policy_usage TO signing;

-- One row per rule and wallet whose cap was reached when a nonce was to be taken: until then what the rule allowed for
-- the wallet waits in its order, and keeps nothing else from being sent. Written by signing; overwritten by the next.
CREATE TABLE policy_holds (
    rule_id    uuid NOT NULL,
    signer_id  uuid NOT NULL REFERENCES signers (id),
    held_until timestamptz NOT NULL,
    PRIMARY KEY (rule_id, signer_id)
);
GRANT SELECT, INSERT, UPDATE ON policy_holds TO signing;

-- What was accepted before these tables were there counts on: no rule had amounts to sum yet.
INSERT INTO policy_shares (transaction_id, rule_id, signer_id, value_wei, amount, accepted_at, allocated_at)
SELECT id, rule_id, signer_id, value_wei, 0, created_at, CASE WHEN nonce IS NULL THEN NULL ELSE created_at END
FROM transactions
WHERE rule_id IS NOT NULL AND status NOT IN ('refused', 'replaced');
INSERT INTO policy_usage (scope_id, phase, period, starts_at, count, value_wei, amount)
SELECT scope_id, phase, period, date_bin(length, at, 'epoch'::timestamptz), count(*), sum(value_wei), 0
FROM policy_shares
    CROSS JOIN LATERAL (VALUES (rule_id), (signer_id)) AS scopes (scope_id)
    CROSS JOIN LATERAL (VALUES ('accepted', accepted_at), ('allocated', allocated_at)) AS phases (phase, at)
    CROSS JOIN (VALUES ('hour', interval '1 minute'), ('day', interval '15 minutes')) AS periods (period, length)
WHERE at > now() - interval '25 hours'
GROUP BY 1, 2, 3, 4;

-- Gives back what a share has used, in one phase or in both.
CREATE FUNCTION return_policy_usage(p_share policy_shares, p_phases text[])
RETURNS void LANGUAGE sql AS $$
    UPDATE policy_usage AS used
    SET count = used.count - 1, value_wei = used.value_wei - p_share.value_wei,
        amount = used.amount - CASE WHEN used.scope_id = p_share.rule_id THEN p_share.amount ELSE 0 END
    WHERE used.scope_id IN (p_share.rule_id, p_share.signer_id) AND used.phase = ANY (p_phases)
        AND used.starts_at = date_bin(
            CASE used.period WHEN 'hour' THEN interval '1 minute' ELSE interval '15 minutes' END,
            CASE used.phase WHEN 'accepted' THEN p_share.accepted_at ELSE p_share.allocated_at END,
            'epoch'::timestamptz)
$$;

-- A trigger, so that no way of ending a transaction, or of giving its nonce back, can forget the share.
CREATE FUNCTION return_policy_share() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    share policy_shares;
BEGIN
    SELECT * INTO share FROM policy_shares
    WHERE transaction_id = NEW.id AND returned_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF NEW.finalized_at IS NOT NULL THEN
        PERFORM return_policy_usage(share, ARRAY['accepted', 'allocated']);
        UPDATE policy_shares SET returned_at = NEW.finalized_at WHERE transaction_id = NEW.id;
    ELSIF share.allocated_at IS NOT NULL THEN
        PERFORM return_policy_usage(share, ARRAY['allocated']);
        UPDATE policy_shares SET allocated_at = NULL WHERE transaction_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
-- Mined is mined: what ended as final or reverted has used its share for good.
CREATE TRIGGER transactions_return_share AFTER UPDATE OF status ON transactions FOR EACH ROW
    WHEN (NEW.status <> OLD.status AND (NEW.status = 'queued'
        OR (NEW.finalized_at IS NOT NULL AND NEW.status NOT IN ('final', 'reverted'))))
    EXECUTE FUNCTION return_policy_share();
