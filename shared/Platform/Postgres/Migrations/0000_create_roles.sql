-- One group role a function. Login users that Vault rotates are members of theirs; nobody logs in as a group.
DO $$
DECLARE
    room text;
BEGIN
    FOREACH room IN ARRAY ARRAY['auth', 'marketplace', 'signing', 'webhooks', 'jobs'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = room) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', room);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- Another database of this server was being migrated at the same moment.
            END;
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', room);
    END LOOP;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
