-- One row per person who ever signed in, known by Firebase's id alone: no name, no e-mail address. Written by auth;
-- never deleted. The epoch rises with every change of what the person may do, and so ends the validity of every
-- access token issued before.
CREATE TABLE users (
    id           uuid PRIMARY KEY,
    epoch        bigint NOT NULL DEFAULT 1 CHECK (epoch > 0),
    created_at   timestamptz NOT NULL,
    firebase_uid text NOT NULL CHECK (length(firebase_uid) BETWEEN 1 AND 128),
    CONSTRAINT users_firebase_uid UNIQUE (firebase_uid)
);
GRANT SELECT, INSERT, UPDATE (epoch) ON users TO auth;

-- One row per role a person has. Written and deleted by auth, always with a rise of the person's epoch.
CREATE TABLE user_roles (
    user_id    uuid NOT NULL REFERENCES users (id),
    role       text NOT NULL CHECK (role IN ('trader', 'support', 'admin', 'operator')),
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, role)
);
GRANT SELECT, INSERT, DELETE ON user_roles TO auth;
