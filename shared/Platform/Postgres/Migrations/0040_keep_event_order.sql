-- One row per subject whose events a consumer takes in order: the number of the newest it has taken, written in the
-- transaction of that event's effect. Older ones have none. Deleted by jobs 90 days after the last event, but never
-- while an older one may still come: waiting in the outbox, or among the dead letters.
CREATE TABLE inbox_heads (
    consumer text NOT NULL,
    source   text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
    subject  text NOT NULL CHECK (length(subject) BETWEEN 1 AND 500),
    sequence bigint NOT NULL CHECK (sequence >= 0),
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, source, subject)
);
CREATE INDEX inbox_heads_taken ON inbox_heads (taken_at);

ALTER TABLE inbox_heads ENABLE ROW LEVEL SECURITY;
CREATE POLICY inbox_heads_own ON inbox_heads
    USING (pg_has_role(consumer::name, 'MEMBER')) WITH CHECK (pg_has_role(consumer::name, 'MEMBER'));
CREATE POLICY inbox_heads_purge ON inbox_heads TO jobs USING (true);
GRANT SELECT, INSERT ON inbox_heads TO auth, marketplace, signing, webhooks;
GRANT UPDATE (sequence, taken_at) ON inbox_heads TO auth, marketplace, signing, webhooks;
GRANT SELECT, DELETE ON inbox_heads TO jobs;
