-- What following a chain knows beside its cursor: the head as last seen, which of the blocks below it are final, what
-- the hints and the reorganisations were, and how many blocks the node reads logs of at once.
ALTER TABLE chain_cursors
    ADD COLUMN head_number         bigint CHECK (head_number >= 0),
    ADD COLUMN head_time           timestamptz,
    ADD COLUMN head_seen_at        timestamptz,
    ADD COLUMN safe_number         bigint CHECK (safe_number >= 0),
    ADD COLUMN finalized_number    bigint CHECK (finalized_number >= 0),
    -- The last hint that a provider gave; our own do not count.
    ADD COLUMN hinted_at           timestamptz,
    -- Blocks with logs of ours that the schedule found and no hint had spoken of.
    ADD COLUMN gaps_healed         bigint NOT NULL DEFAULT 0,
    ADD COLUMN reorg_depth         bigint CHECK (reorg_depth >= 0),
    ADD COLUMN reorged_at          timestamptz,
    ADD COLUMN halted_at           timestamptz,
    ADD COLUMN log_blocks          bigint CHECK (log_blocks > 0),
    ADD COLUMN log_blocks_refused  boolean NOT NULL DEFAULT false,
    -- What the node itself said it takes, and when: a plan may grow, so it is forgotten after a day.
    ADD COLUMN log_blocks_limit    bigint CHECK (log_blocks_limit > 0),
    ADD COLUMN log_blocks_limit_at timestamptz;
