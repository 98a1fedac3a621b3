-- One row per time that sending was stopped: of one wallet, of a chain, or of everything. It holds until it is lifted,
-- by another person than stopped it. Written by signing; never deleted.
CREATE TABLE signing_pauses (
    id        uuid PRIMARY KEY,
    scope     text NOT NULL CHECK (scope IN ('everything', 'chain', 'signer')),
    chain_id  bigint CHECK (chain_id > 0),
    signer_id uuid REFERENCES signers (id),
    reason    text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    paused_by uuid NOT NULL,
    paused_at timestamptz NOT NULL,
    lifted_by uuid,
    lifted_at timestamptz,
    CHECK ((scope = 'chain') = (chain_id IS NOT NULL) AND (scope = 'signer') = (signer_id IS NOT NULL)),
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)),
    CHECK (lifted_by <> paused_by)
);
-- The same thing is paused once at a time.
CREATE UNIQUE INDEX signing_pauses_held ON signing_pauses (scope, coalesce(chain_id, 0), coalesce(signer_id::text, ''))
    WHERE lifted_at IS NULL;
GRANT SELECT, INSERT ON signing_pauses TO signing;
GRANT UPDATE (lifted_by, lifted_at) ON signing_pauses TO signing;

INSERT INTO signing_pauses (id, scope, signer_id, reason, paused_by, paused_at)
SELECT gen_random_uuid(), 'signer', id, pause_reason, paused_by, paused_at FROM signers WHERE paused_at IS NOT NULL;
ALTER TABLE signers DROP COLUMN paused_at, DROP COLUMN paused_by, DROP COLUMN pause_reason;

-- The pause that keeps a wallet from sending, if any does: its own, its chain's, or everything's; the oldest.
CREATE FUNCTION signing_pause_of(p_signer_id uuid, p_chain_id bigint)
RETURNS SETOF signing_pauses LANGUAGE sql STABLE AS $$
    SELECT * FROM signing_pauses
    WHERE lifted_at IS NULL AND (scope = 'everything' OR chain_id = p_chain_id OR signer_id = p_signer_id)
    ORDER BY paused_at LIMIT 1
$$;
