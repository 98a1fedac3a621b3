-- One row per administrative act. Each row's hash covers the row before it, so that a row cannot be changed or taken
-- out unseen. Written only through append_audit(); read by auth and jobs; never updated or deleted.
CREATE TABLE audit (
    sequence      bigint PRIMARY KEY CHECK (sequence > 0),
    room          text NOT NULL,
    actor         uuid NOT NULL,
    action        text NOT NULL CHECK (length(action) BETWEEN 1 AND 100),
    subject       text NOT NULL CHECK (length(subject) BETWEEN 1 AND 500),
    detail        jsonb NOT NULL,
    happened_at   timestamptz NOT NULL,
    previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
    hash          bytea NOT NULL CHECK (length(hash) = 32)
);
GRANT SELECT ON audit TO auth, jobs;

-- The hash of a row: SHA-256 over the hash before it and every column as text, separated by a unit separator.
CREATE FUNCTION audit_hash(
    previous_hash bytea, sequence bigint, room text, actor uuid, action text, subject text, detail jsonb,
    happened_at timestamptz)
RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT sha256(previous_hash || convert_to(concat_ws(E'\x1f',
        sequence::text, room, actor::text, action, subject, detail::text,
        (extract(epoch FROM happened_at) * 1000000)::bigint::text), 'UTF8'))
$$;

-- The lock makes the chain a chain: two acts at once would otherwise both follow the same row. pg_temp is named, and
-- last: left out, it is searched first, and a caller's temporary table "audit" would take the row.
CREATE FUNCTION append_audit(
    p_room text, p_actor uuid, p_action text, p_subject text, p_detail jsonb, p_happened_at timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last record;
    next_sequence bigint;
    before bytea;
BEGIN
    IF NOT pg_has_role(session_user, p_room::name, 'MEMBER') THEN
        RAISE EXCEPTION 'a room may only speak for itself' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(7020110001);
    SELECT sequence, hash INTO last FROM audit ORDER BY sequence DESC LIMIT 1;
    next_sequence := coalesce(last.sequence, 0) + 1;
    before := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    INSERT INTO audit (sequence, room, actor, action, subject, detail, happened_at, previous_hash, hash)
    VALUES (next_sequence, p_room, p_actor, p_action, p_subject, p_detail, p_happened_at, before,
        audit_hash(before, next_sequence, p_room, p_actor, p_action, p_subject, p_detail, p_happened_at));
    RETURN next_sequence;
END
$$;
REVOKE EXECUTE ON FUNCTION append_audit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_audit TO auth, marketplace, signing, webhooks, jobs;
