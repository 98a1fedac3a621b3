-- An event is dead for one consumer at a time, and the letter says for which, why, how often, and what was decided.
--   retrying   a consumer was unwell; the relay still sends it                    next: the relay
--   parked     nobody sends it any more                                           next: an operator
--   replayed   an operator had it sent again                                      next: the consumer
--   taken      the consumer has taken it after all                                terminal
--   discarded  an operator gave it up                                             terminal
-- Jobs deletes a terminal or replayed letter 90 days after its last change, and a schedule's tick after 72 hours.
ALTER TABLE dead_letters
    ADD COLUMN letter_id  uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN consumer   text CHECK (length(consumer) BETWEEN 1 AND 63),
    ADD COLUMN status     text NOT NULL DEFAULT 'parked'
        CHECK (status IN ('retrying', 'parked', 'replayed', 'taken', 'discarded')),
    ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN detail     text CHECK (length(detail) <= 1000),
    ADD COLUMN deaths     integer NOT NULL DEFAULT 1 CHECK (deaths > 0),
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN due_at     timestamptz CHECK (due_at IS NULL OR status = 'replayed'),
    ADD COLUMN decided_by uuid,
    ADD COLUMN decision   text CHECK (length(decision) BETWEEN 1 AND 500),
    ADD CHECK (status <> 'discarded' OR (decided_by IS NOT NULL AND decision IS NOT NULL)),
    DROP CONSTRAINT dead_letters_pkey,
    ADD PRIMARY KEY (letter_id),
    ADD CONSTRAINT dead_letters_event UNIQUE NULLS NOT DISTINCT (source, id, consumer);
CREATE INDEX dead_letters_newest ON dead_letters (created_at, letter_id);
CREATE INDEX dead_letters_open ON dead_letters (status) WHERE status IN ('retrying', 'parked', 'replayed');
CREATE INDEX dead_letters_due ON dead_letters (due_at) WHERE due_at IS NOT NULL;
GRANT UPDATE (status, reason, detail, deaths, changed_at, due_at, decided_by, decision) ON dead_letters TO jobs;

-- A parked row is due at infinity: sent no more until an operator decides. One index serves the relay, which takes what
-- is due longest, and whoever asks what is still on its way.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (due_at, sequence) WHERE done_at IS NULL;

-- A room marks at once what nobody consumes and the broker took, so that it is not sent twice.
GRANT UPDATE (sent_at) ON outbox TO webhooks;

-- Who has still to take an event that is not done: neither has the consumer's inbox row come, nor was its letter
-- discarded. Read with the reader's own rights.
CREATE VIEW outbox_missing WITH (security_invoker = true) AS
SELECT o.id, c.consumer, d.status AS letter_status
FROM outbox o
    CROSS JOIN LATERAL unnest(o.consumers) AS c (consumer)
    LEFT JOIN dead_letters d ON d.source = '/' || o.room AND d.id = o.id::text AND d.consumer = c.consumer
WHERE o.done_at IS NULL AND d.status IS DISTINCT FROM 'discarded' AND NOT EXISTS (
    SELECT FROM inbox i WHERE i.consumer = c.consumer AND i.source = '/' || o.room AND i.id = o.id::text);
GRANT SELECT ON outbox_missing TO jobs;

-- The primary key finds a consumer's row. Operators read the newest of what was taken, and of what was delivered.
DROP INDEX inbox_id;
CREATE INDEX inbox_delivered ON inbox (taken_at) WHERE consumer = 'webhooks';
GRANT SELECT (type) ON inbox TO jobs;

-- Jobs answers callers of its own now, by their idempotency keys, and is not to read those of others: what has expired
-- in any room is deleted with the owner's rights.
CREATE FUNCTION purge_idempotency_keys(p_now timestamptz, p_rows integer)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH expired AS (
        DELETE FROM idempotency_keys WHERE (room, caller, key) IN (
            SELECT room, caller, key FROM idempotency_keys WHERE expires_at <= p_now LIMIT p_rows)
        RETURNING 1)
    SELECT count(*) FROM expired
$$;
REVOKE EXECUTE ON FUNCTION purge_idempotency_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_idempotency_keys TO jobs;
DROP POLICY idempotency_purge ON idempotency_keys;
REVOKE DELETE ON idempotency_keys FROM jobs;
GRANT SELECT, INSERT ON idempotency_keys TO jobs;
GRANT UPDATE (response) ON idempotency_keys TO jobs;
