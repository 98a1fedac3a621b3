-- What every room checks of a verified access token: whose session it is, the person's epoch now, and whether the
-- session was revoked. Read with the owner's rights; it shows nothing else of users and sessions.
CREATE VIEW authorization_state AS
SELECT s.id AS session_id, s.user_id AS subject, u.epoch, s.revoked_at IS NOT NULL AS is_revoked
FROM sessions s JOIN users u ON u.id = s.user_id;
GRANT SELECT ON authorization_state TO auth, marketplace, signing, webhooks, jobs;
