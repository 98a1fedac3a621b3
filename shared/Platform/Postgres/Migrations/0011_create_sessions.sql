-- One row per sign-in: the family of its refresh tokens. Written by auth; deleted by jobs 30 days after its end, and
-- everything of it with it.
CREATE TABLE sessions (
    id               uuid PRIMARY KEY,
    user_id          uuid NOT NULL REFERENCES users (id),
    audience         text NOT NULL CHECK (audience IN ('user', 'admin')),
    -- Of the newest refresh token, and when it last rose.
    generation       integer NOT NULL CHECK (generation > 0),
    rotated_at       timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    -- When the person proved who they are at Firebase, and when Firebase last said that it stands by that.
    authenticated_at timestamptz NOT NULL,
    checked_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    revoked_at       timestamptz,
    reason           text CHECK (reason IN ('signed_out', 'token_reused', 'revoked')),
    CHECK (expires_at > created_at),
    CHECK ((revoked_at IS NULL) = (reason IS NULL))
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
GRANT SELECT, INSERT, UPDATE (generation, rotated_at, checked_at, revoked_at, reason) ON sessions TO auth;
GRANT SELECT (id, expires_at), DELETE ON sessions TO jobs;

-- One row per refresh token ever issued in a session that is still kept: the hash of its secret, never the secret. Used
-- rows stay, for the second use of one is how a theft is seen. Written by auth; deleted with its session.
CREATE TABLE refresh_tokens (
    id          uuid PRIMARY KEY,
    session_id  uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    generation  integer NOT NULL CHECK (generation > 0),
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    secret_hash bytea NOT NULL CHECK (length(secret_hash) = 32),
    CONSTRAINT refresh_tokens_secret_hash UNIQUE (secret_hash),
    CHECK (expires_at > issued_at)
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
GRANT SELECT, INSERT, UPDATE (used_at) ON refresh_tokens TO auth;
