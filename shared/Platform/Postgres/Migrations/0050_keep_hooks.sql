-- One row per webhook of the settings: what the provider last said of it, when it last watched what it should, and
-- what was done about it. What it watches is the provider's own to say and is not repeated here. Written by
-- marketplace under the lease hooks; never deleted.
CREATE TABLE hooks (
    name          text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
    is_active     boolean,
    wanted_count  bigint CHECK (wanted_count >= 0),
    watched_count bigint CHECK (watched_count >= 0),
    wanted_digest bytea CHECK (length(wanted_digest) = 32),
    compared_at   timestamptz,
    synced_at     timestamptz,
    resumes       bigint NOT NULL DEFAULT 0 CHECK (resumes >= 0),
    resumed_at    timestamptz,
    failure       text,
    failed_at     timestamptz,
    CHECK ((resumes > 0) = (resumed_at IS NOT NULL)),
    CHECK ((failure IS NULL) = (failed_at IS NULL))
);
GRANT SELECT, INSERT, UPDATE ON hooks TO marketplace;
