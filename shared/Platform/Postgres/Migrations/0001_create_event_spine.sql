-- One row per event on its way out. Written by any room in the transaction of the event's cause; read and marked by
-- its own room and by jobs. Done when every consumer's inbox row exists; purged 72 hours after that.
CREATE TABLE outbox (
    id          uuid PRIMARY KEY,
    sequence    bigint GENERATED ALWAYS AS IDENTITY,
    room        text NOT NULL,
    type        text NOT NULL CHECK (length(type) BETWEEN 1 AND 200),
    subject     text NOT NULL CHECK (length(subject) BETWEEN 1 AND 500),
    data        jsonb NOT NULL,
    traceparent text,
    consumers   text[] NOT NULL,
    attempts    integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at  timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    sent_at     timestamptz,
    done_at     timestamptz
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY outbox_own ON outbox
    USING (pg_has_role(room::name, 'MEMBER')) WITH CHECK (pg_has_role(room::name, 'MEMBER'));
CREATE POLICY outbox_relay ON outbox TO jobs USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON outbox TO auth, marketplace, signing, webhooks;
GRANT UPDATE (sent_at) ON outbox TO auth, marketplace, signing;
GRANT SELECT, INSERT, DELETE ON outbox TO jobs;
GRANT UPDATE (attempts, due_at, sent_at, done_at) ON outbox TO jobs;

-- One row per event that a consumer has taken, written in the transaction of its effect. A provider's delivery is a
-- row of consumer webhooks, kept for good so that a replay years later is still a duplicate; the others go after 30
-- days, long after the relay has stopped sending them.
CREATE TABLE inbox (
    consumer text NOT NULL,
    source   text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
    id       text NOT NULL CHECK (length(id) BETWEEN 1 AND 200),
    taken_at timestamptz NOT NULL,
    type     text,
    payload  bytea,
    PRIMARY KEY (consumer, source, id),
    CHECK ((payload IS NULL) OR consumer = 'webhooks')
);
CREATE INDEX inbox_taken ON inbox (taken_at) WHERE consumer <> 'webhooks';
CREATE INDEX inbox_id ON inbox (id, consumer);

ALTER TABLE inbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY inbox_own ON inbox
    USING (pg_has_role(consumer::name, 'MEMBER')) WITH CHECK (pg_has_role(consumer::name, 'MEMBER'));
CREATE POLICY inbox_relay ON inbox TO jobs USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON inbox TO auth, marketplace, signing, webhooks;
GRANT SELECT (consumer, source, id, taken_at), INSERT, DELETE ON inbox TO jobs;

-- One row per event that no consumer could take, its data as they came: what is poison may well be no JSON. Written
-- by jobs, the broker's dead-letter sink.
CREATE TABLE dead_letters (
    source     text NOT NULL,
    id         text NOT NULL,
    type       text NOT NULL,
    subject    text,
    data       bytea,
    reason     text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (source, id)
);
GRANT SELECT, INSERT, DELETE ON dead_letters TO jobs;

-- One row per idempotency key of a caller in a room: the fingerprint of the request and the answer it got. Deleted by
-- jobs when it expires.
CREATE TABLE idempotency_keys (
    room        text NOT NULL,
    caller      text NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
    response    jsonb,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (room, caller, key),
    CHECK (expires_at > created_at)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY idempotency_own ON idempotency_keys
    USING (pg_has_role(room::name, 'MEMBER')) WITH CHECK (pg_has_role(room::name, 'MEMBER'));
CREATE POLICY idempotency_purge ON idempotency_keys TO jobs USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON idempotency_keys TO auth, marketplace, signing, webhooks;
GRANT UPDATE (response) ON idempotency_keys TO auth, marketplace, signing, webhooks;
GRANT SELECT (room, caller, key, expires_at), DELETE ON idempotency_keys TO jobs;

-- One row per thing that only one instance may work on at a time: who may until when, and a fence that rises with
-- every new holder, so that a holder who slept too long is refused by the rows it tries to write.
CREATE TABLE leases (
    room       text NOT NULL,
    name       text NOT NULL,
    holder     uuid NOT NULL,
    fence      bigint NOT NULL CHECK (fence > 0),
    held_until timestamptz NOT NULL,
    PRIMARY KEY (room, name)
);
ALTER TABLE leases ENABLE ROW LEVEL SECURITY;
CREATE POLICY leases_own ON leases
    USING (pg_has_role(room::name, 'MEMBER')) WITH CHECK (pg_has_role(room::name, 'MEMBER'));
GRANT SELECT, INSERT, UPDATE ON leases TO marketplace, signing, jobs;
