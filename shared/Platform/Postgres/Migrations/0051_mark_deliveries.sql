-- Why an operator may want to look at a provider's delivery: its kind is one that this version does not know, or it
-- holds the provider's own error in place of an event. Null for all others.
ALTER TABLE inbox ADD COLUMN mark text
    CHECK (mark IN ('unknown_type', 'provider_error'))
    CHECK (mark IS NULL OR consumer = 'webhooks');
CREATE INDEX inbox_marked ON inbox (taken_at) WHERE mark IS NOT NULL;
GRANT SELECT (type, mark) ON inbox TO jobs;
