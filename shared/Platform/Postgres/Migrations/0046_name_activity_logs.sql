-- The log that an entry derives from; its id derives from the log too, so that two readings of a chain agree.
ALTER TABLE activity
    ADD COLUMN log_index integer,
    ADD CHECK (log_index IS NULL OR block_number IS NOT NULL);
