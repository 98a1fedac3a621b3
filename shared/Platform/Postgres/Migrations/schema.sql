-- What all migrations together make, written by a test from the catalog: read it, never edit or run it.

CREATE TABLE activity (
    id uuid NOT NULL,
    kind text NOT NULL,
    chain_id bigint NOT NULL,
    contract bytea NOT NULL,
    token_id numeric(78,0) NOT NULL,
    quantity numeric(78,0) NOT NULL,
    from_address bytea,
    to_address bytea,
    price_wei numeric(78,0),
    listing_id uuid,
    transaction_hash bytea,
    block_number bigint,
    block_hash bytea,
    happened_at timestamp with time zone NOT NULL,
    CONSTRAINT activity_pkey PRIMARY KEY (id),
    CONSTRAINT activity_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT activity_check CHECK (((block_number IS NULL) = (block_hash IS NULL))),
    CONSTRAINT activity_contract_check CHECK ((length(contract) = 20)),
    CONSTRAINT activity_from_address_check CHECK ((length(from_address) = 20)),
    CONSTRAINT activity_kind_check CHECK ((kind = ANY (ARRAY['mint'::text, 'transfer'::text, 'burn'::text, 'list'::text, 'sale'::text, 'cancel'::text, 'expire'::text, 'deactivate'::text, 'reactivate'::text]))),
    CONSTRAINT activity_to_address_check CHECK ((length(to_address) = 20)),
    CONSTRAINT activity_transaction_hash_check CHECK ((length(transaction_hash) = 32))
);
CREATE INDEX activity_feed ON activity USING btree (happened_at DESC, id DESC);
CREATE INDEX activity_token ON activity USING btree (chain_id, contract, token_id, happened_at DESC, id DESC);
CREATE INDEX activity_undo ON activity USING btree (chain_id, block_number) WHERE (block_number IS NOT NULL);

CREATE TABLE audit (
    sequence bigint NOT NULL,
    room text NOT NULL,
    actor uuid NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_pkey PRIMARY KEY (sequence),
    CONSTRAINT audit_action_check CHECK (((length(action) >= 1) AND (length(action) <= 100))),
    CONSTRAINT audit_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT audit_previous_hash_check CHECK ((length(previous_hash) = 32)),
    CONSTRAINT audit_sequence_check CHECK ((sequence > 0)),
    CONSTRAINT audit_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 500)))
);

CREATE TABLE chain_blocks (
    chain_id bigint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    parent_hash bytea NOT NULL,
    block_time timestamp with time zone NOT NULL,
    CONSTRAINT chain_blocks_pkey PRIMARY KEY (chain_id, number),
    CONSTRAINT chain_blocks_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT chain_blocks_parent_hash_check CHECK ((length(parent_hash) = 32))
);

CREATE TABLE chain_cursors (
    chain_id bigint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    parent_hash bytea NOT NULL,
    block_time timestamp with time zone NOT NULL,
    hints bigint NOT NULL DEFAULT 0,
    hinted_block bigint NOT NULL DEFAULT 0,
    reorgs bigint NOT NULL DEFAULT 0,
    halted_reason text,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT chain_cursors_pkey PRIMARY KEY (chain_id),
    CONSTRAINT chain_cursors_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT chain_cursors_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT chain_cursors_number_check CHECK ((number >= 0)),
    CONSTRAINT chain_cursors_parent_hash_check CHECK ((length(parent_hash) = 32))
);

CREATE TABLE collections (
    chain_id bigint NOT NULL,
    contract bytea NOT NULL,
    standard text NOT NULL,
    name text NOT NULL,
    registered_by uuid NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    followed_from bigint NOT NULL,
    backfilled_to bigint NOT NULL,
    is_live boolean NOT NULL DEFAULT false,
    CONSTRAINT collections_pkey PRIMARY KEY (chain_id, contract),
    CONSTRAINT collections_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT collections_contract_check CHECK ((length(contract) = 20)),
    CONSTRAINT collections_followed_from_check CHECK ((followed_from >= 0)),
    CONSTRAINT collections_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT collections_standard_check CHECK ((standard = ANY (ARRAY['erc721'::text, 'erc1155'::text])))
);

CREATE TABLE dead_letters (
    source text NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    subject text,
    data bytea,
    reason text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT dead_letters_pkey PRIMARY KEY (source, id)
);

CREATE TABLE idempotency_keys (
    room text NOT NULL,
    caller text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    response jsonb,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (room, caller, key),
    CONSTRAINT idempotency_keys_check CHECK ((expires_at > created_at)),
    CONSTRAINT idempotency_keys_fingerprint_check CHECK ((length(fingerprint) = 32)),
    CONSTRAINT idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 128)))
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys USING btree (expires_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY idempotency_own ON idempotency_keys FOR ALL TO public USING (pg_has_role((room)::name, 'MEMBER'::text)) WITH CHECK (pg_has_role((room)::name, 'MEMBER'::text));
CREATE POLICY idempotency_purge ON idempotency_keys FOR ALL TO jobs USING (true) WITH CHECK (true);

CREATE TABLE inbox (
    consumer text NOT NULL,
    source text NOT NULL,
    id text NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    type text,
    payload bytea,
    CONSTRAINT inbox_pkey PRIMARY KEY (consumer, source, id),
    CONSTRAINT inbox_check CHECK (((payload IS NULL) OR (consumer = 'webhooks'::text))),
    CONSTRAINT inbox_id_check CHECK (((length(id) >= 1) AND (length(id) <= 200))),
    CONSTRAINT inbox_source_check CHECK (((length(source) >= 1) AND (length(source) <= 500)))
);
CREATE INDEX inbox_id ON inbox USING btree (id, consumer);
CREATE INDEX inbox_taken ON inbox USING btree (taken_at) WHERE (consumer <> 'webhooks'::text);
ALTER TABLE inbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY inbox_own ON inbox FOR ALL TO public USING (pg_has_role((consumer)::name, 'MEMBER'::text)) WITH CHECK (pg_has_role((consumer)::name, 'MEMBER'::text));
CREATE POLICY inbox_relay ON inbox FOR ALL TO jobs USING (true) WITH CHECK (true);

CREATE TABLE leases (
    room text NOT NULL,
    name text NOT NULL,
    holder uuid NOT NULL,
    fence bigint NOT NULL,
    held_until timestamp with time zone NOT NULL,
    CONSTRAINT leases_pkey PRIMARY KEY (room, name),
    CONSTRAINT leases_fence_check CHECK ((fence > 0))
);
ALTER TABLE leases ENABLE ROW LEVEL SECURITY;
CREATE POLICY leases_own ON leases FOR ALL TO public USING (pg_has_role((room)::name, 'MEMBER'::text)) WITH CHECK (pg_has_role((room)::name, 'MEMBER'::text));

CREATE TABLE listings (
    id uuid NOT NULL,
    status text NOT NULL,
    reason text,
    chain_id bigint NOT NULL,
    contract bytea NOT NULL,
    token_id numeric(78,0) NOT NULL,
    standard text NOT NULL,
    quantity numeric(78,0) NOT NULL,
    price_wei numeric(78,0) NOT NULL,
    seller_id uuid NOT NULL,
    seller bytea NOT NULL,
    order_hash bytea NOT NULL,
    protection text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    held_by uuid,
    held_until timestamp with time zone,
    last_authorization_expires_at timestamp with time zone,
    status_before_fill text,
    reason_before_fill text,
    "order" jsonb NOT NULL,
    signature bytea NOT NULL,
    fee_version integer NOT NULL,
    fee_recipient bytea NOT NULL,
    royalty_recipient bytea NOT NULL,
    observed_block bigint NOT NULL,
    observed_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    finalized_at timestamp with time zone,
    CONSTRAINT listings_pkey PRIMARY KEY (id),
    CONSTRAINT listings_chain_id_order_hash_key UNIQUE (chain_id, order_hash),
    CONSTRAINT listings_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT listings_check CHECK ((ends_at > starts_at)),
    CONSTRAINT listings_check1 CHECK (((held_by IS NULL) = (held_until IS NULL))),
    CONSTRAINT listings_check2 CHECK (((status <> 'held'::text) OR (held_by IS NOT NULL))),
    CONSTRAINT listings_check3 CHECK (((status = ANY (ARRAY['active'::text, 'held'::text])) = (reason IS NULL))),
    CONSTRAINT listings_check4 CHECK (((status = 'filled'::text) = (status_before_fill IS NOT NULL))),
    CONSTRAINT listings_check5 CHECK (((status = ANY (ARRAY['filled'::text, 'cancelled'::text, 'expired'::text])) = (finalized_at IS NOT NULL))),
    CONSTRAINT listings_contract_check CHECK ((length(contract) = 20)),
    CONSTRAINT listings_fee_recipient_check CHECK ((length(fee_recipient) = 20)),
    CONSTRAINT listings_observed_hash_check CHECK ((length(observed_hash) = 32)),
    CONSTRAINT listings_order_hash_check CHECK ((length(order_hash) = 32)),
    CONSTRAINT listings_price_wei_check CHECK (((price_wei > (0)::numeric) AND (price_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT listings_protection_check CHECK ((protection = ANY (ARRAY['protected'::text, 'open'::text]))),
    CONSTRAINT listings_quantity_check CHECK (((quantity > (0)::numeric) AND (quantity < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT listings_royalty_recipient_check CHECK ((length(royalty_recipient) = 20)),
    CONSTRAINT listings_seller_check CHECK ((length(seller) = 20)),
    CONSTRAINT listings_signature_check CHECK (((length(signature) >= 64) AND (length(signature) <= 4096))),
    CONSTRAINT listings_standard_check CHECK ((standard = ANY (ARRAY['erc721'::text, 'erc1155'::text]))),
    CONSTRAINT listings_status_check CHECK ((status = ANY (ARRAY['active'::text, 'held'::text, 'inactive'::text, 'needs_reconfirm'::text, 'cancel_pending'::text, 'filled'::text, 'cancelled'::text, 'expired'::text]))),
    CONSTRAINT listings_token_id_check CHECK (((token_id >= (0)::numeric) AND (token_id < ((2)::numeric ^ (256)::numeric))))
);
CREATE INDEX listings_end ON listings USING btree (chain_id, ends_at) WHERE (finalized_at IS NULL);
CREATE INDEX listings_offerer ON listings USING btree (chain_id, seller) WHERE (finalized_at IS NULL);
CREATE INDEX listings_search ON listings USING btree (created_at DESC, id DESC) WHERE (status = ANY (ARRAY['active'::text, 'held'::text]));
CREATE INDEX listings_token ON listings USING btree (chain_id, contract, token_id);
CREATE UNIQUE INDEX listings_one_open ON listings USING btree (chain_id, contract, token_id, seller) WHERE ((standard = 'erc721'::text) AND (protection = 'protected'::text) AND (status = ANY (ARRAY['active'::text, 'held'::text, 'cancel_pending'::text])));

CREATE TABLE order_events (
    chain_id bigint NOT NULL,
    block_hash bytea NOT NULL,
    log_index integer NOT NULL,
    listing_id uuid NOT NULL,
    block_number bigint NOT NULL,
    transaction_hash bytea NOT NULL,
    kind text NOT NULL,
    purchase_id uuid,
    CONSTRAINT order_events_pkey PRIMARY KEY (chain_id, block_hash, log_index, listing_id),
    CONSTRAINT order_events_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT order_events_kind_check CHECK ((kind = ANY (ARRAY['filled'::text, 'cancelled'::text]))),
    CONSTRAINT order_events_transaction_hash_check CHECK ((length(transaction_hash) = 32))
);
CREATE INDEX order_events_undo ON order_events USING btree (chain_id, block_number);

CREATE TABLE outbox (
    id uuid NOT NULL,
    sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    room text NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    data jsonb NOT NULL,
    traceparent text,
    consumers text[] NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    done_at timestamp with time zone,
    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT outbox_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 500))),
    CONSTRAINT outbox_type_check CHECK (((length(type) >= 1) AND (length(type) <= 200)))
);
CREATE INDEX outbox_done ON outbox USING btree (done_at) WHERE (done_at IS NOT NULL);
CREATE INDEX outbox_due ON outbox USING btree (due_at) WHERE (done_at IS NULL);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY outbox_own ON outbox FOR ALL TO public USING (pg_has_role((room)::name, 'MEMBER'::text)) WITH CHECK (pg_has_role((room)::name, 'MEMBER'::text));
CREATE POLICY outbox_relay ON outbox FOR ALL TO jobs USING (true) WITH CHECK (true);

CREATE TABLE policy_rules (
    rule_id uuid NOT NULL,
    version integer NOT NULL,
    rule jsonb NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    approved_by uuid,
    approved_at timestamp with time zone,
    CONSTRAINT policy_rules_pkey PRIMARY KEY (rule_id, version),
    CONSTRAINT policy_rules_check CHECK (((approved_at IS NULL) = (approved_by IS NULL))),
    CONSTRAINT policy_rules_check1 CHECK ((approved_by <> proposed_by)),
    CONSTRAINT policy_rules_version_check CHECK ((version > 0))
);

CREATE TABLE prepared_listings (
    order_hash bytea NOT NULL,
    chain_id bigint NOT NULL,
    seller_id uuid NOT NULL,
    "order" jsonb NOT NULL,
    price_wei numeric(78,0) NOT NULL,
    fee_bps integer NOT NULL,
    fee_recipient bytea NOT NULL,
    fee_version integer NOT NULL,
    royalty_recipient bytea NOT NULL,
    royalty_wei numeric(78,0) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT prepared_listings_pkey PRIMARY KEY (order_hash),
    CONSTRAINT prepared_listings_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT prepared_listings_fee_bps_check CHECK (((fee_bps >= 0) AND (fee_bps <= 10000))),
    CONSTRAINT prepared_listings_fee_recipient_check CHECK ((length(fee_recipient) = 20)),
    CONSTRAINT prepared_listings_order_hash_check CHECK ((length(order_hash) = 32)),
    CONSTRAINT prepared_listings_price_wei_check CHECK (((price_wei > (0)::numeric) AND (price_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT prepared_listings_royalty_recipient_check CHECK ((length(royalty_recipient) = 20)),
    CONSTRAINT prepared_listings_royalty_wei_check CHECK (((royalty_wei >= (0)::numeric) AND (royalty_wei < ((2)::numeric ^ (256)::numeric))))
);
CREATE INDEX prepared_listings_expiry ON prepared_listings USING btree (expires_at);

CREATE TABLE purchases (
    id uuid NOT NULL,
    status text NOT NULL,
    reason text,
    listing_id uuid NOT NULL,
    chain_id bigint NOT NULL,
    order_hash bytea NOT NULL,
    buyer_id uuid NOT NULL,
    buyer bytea NOT NULL,
    price_wei numeric(78,0) NOT NULL,
    held_until timestamp with time zone NOT NULL,
    fillable_until timestamp with time zone NOT NULL,
    transaction_hash bytea,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    finalized_at timestamp with time zone,
    CONSTRAINT purchases_pkey PRIMARY KEY (id),
    CONSTRAINT purchases_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings(id),
    CONSTRAINT purchases_buyer_check CHECK ((length(buyer) = 20)),
    CONSTRAINT purchases_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT purchases_check CHECK (((status = ANY (ARRAY['settled'::text, 'released'::text, 'failed'::text])) = (finalized_at IS NOT NULL))),
    CONSTRAINT purchases_check1 CHECK (((status = ANY (ARRAY['released'::text, 'failed'::text])) = (reason IS NOT NULL))),
    CONSTRAINT purchases_check2 CHECK (((status <> ALL (ARRAY['submitted'::text, 'settled'::text])) OR (transaction_hash IS NOT NULL))),
    CONSTRAINT purchases_order_hash_check CHECK ((length(order_hash) = 32)),
    CONSTRAINT purchases_price_wei_check CHECK (((price_wei > (0)::numeric) AND (price_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT purchases_status_check CHECK ((status = ANY (ARRAY['held'::text, 'submitted'::text, 'settled'::text, 'released'::text, 'failed'::text]))),
    CONSTRAINT purchases_transaction_hash_check CHECK ((length(transaction_hash) = 32))
);
CREATE INDEX purchases_buyer ON purchases USING btree (buyer_id, created_at DESC);
CREATE INDEX purchases_listing ON purchases USING btree (listing_id);
CREATE INDEX purchases_open ON purchases USING btree (held_until) WHERE (finalized_at IS NULL);
CREATE UNIQUE INDEX purchases_one_settled ON purchases USING btree (listing_id) WHERE (status = 'settled'::text);

CREATE TABLE refresh_tokens (
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    generation integer NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    secret_hash bytea NOT NULL,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT refresh_tokens_secret_hash UNIQUE (secret_hash),
    CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
    CONSTRAINT refresh_tokens_check CHECK ((expires_at > issued_at)),
    CONSTRAINT refresh_tokens_generation_check CHECK ((generation > 0)),
    CONSTRAINT refresh_tokens_secret_hash_check CHECK ((length(secret_hash) = 32))
);
CREATE INDEX refresh_tokens_session ON refresh_tokens USING btree (session_id);

CREATE TABLE schema_migrations (
    name text NOT NULL,
    checksum bytea NOT NULL,
    applied_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT schema_migrations_pkey PRIMARY KEY (name)
);

CREATE TABLE sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    audience text NOT NULL,
    generation integer NOT NULL,
    rotated_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    authenticated_at timestamp with time zone NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    reason text,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
    CONSTRAINT sessions_audience_check CHECK ((audience = ANY (ARRAY['user'::text, 'admin'::text]))),
    CONSTRAINT sessions_check CHECK ((expires_at > created_at)),
    CONSTRAINT sessions_check1 CHECK (((revoked_at IS NULL) = (reason IS NULL))),
    CONSTRAINT sessions_generation_check CHECK ((generation > 0)),
    CONSTRAINT sessions_reason_check CHECK ((reason = ANY (ARRAY['signed_out'::text, 'token_reused'::text, 'revoked'::text])))
);
CREATE INDEX sessions_expiry ON sessions USING btree (expires_at);
CREATE INDEX sessions_user ON sessions USING btree (user_id);

CREATE TABLE settlement_lines (
    chain_id bigint NOT NULL,
    block_hash bytea NOT NULL,
    log_index integer NOT NULL,
    "position" integer NOT NULL,
    block_number bigint NOT NULL,
    listing_id uuid NOT NULL,
    purchase_id uuid,
    recipient bytea NOT NULL,
    kind text NOT NULL,
    amount_wei numeric(78,0) NOT NULL,
    CONSTRAINT settlement_lines_pkey PRIMARY KEY (chain_id, block_hash, log_index, "position"),
    CONSTRAINT settlement_lines_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings(id),
    CONSTRAINT settlement_lines_purchase_id_fkey FOREIGN KEY (purchase_id) REFERENCES purchases(id),
    CONSTRAINT settlement_lines_amount_wei_check CHECK (((amount_wei >= (0)::numeric) AND (amount_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT settlement_lines_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT settlement_lines_kind_check CHECK ((kind = ANY (ARRAY['seller'::text, 'royalty'::text, 'platform_fee'::text, 'other'::text, 'tip'::text]))),
    CONSTRAINT settlement_lines_recipient_check CHECK ((length(recipient) = 20))
);
CREATE INDEX settlement_lines_purchase ON settlement_lines USING btree (purchase_id);
CREATE INDEX settlement_lines_undo ON settlement_lines USING btree (chain_id, block_number);

CREATE TABLE signers (
    id uuid NOT NULL,
    chain_id bigint NOT NULL,
    address bytea NOT NULL,
    next_nonce bigint NOT NULL,
    paused_at timestamp with time zone,
    paused_by uuid,
    pause_reason text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT signers_pkey PRIMARY KEY (id),
    CONSTRAINT signers_chain_id_address_key UNIQUE (chain_id, address),
    CONSTRAINT signers_address_check CHECK ((length(address) = 20)),
    CONSTRAINT signers_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT signers_check CHECK ((((paused_at IS NULL) = (paused_by IS NULL)) AND ((paused_at IS NULL) = (pause_reason IS NULL)))),
    CONSTRAINT signers_next_nonce_check CHECK ((next_nonce >= 0)),
    CONSTRAINT signers_pause_reason_check CHECK (((length(pause_reason) >= 1) AND (length(pause_reason) <= 200)))
);

CREATE TABLE signing_heads (
    chain_id bigint NOT NULL,
    block_number bigint NOT NULL,
    block_hash bytea NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    CONSTRAINT signing_heads_pkey PRIMARY KEY (chain_id),
    CONSTRAINT signing_heads_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT signing_heads_block_number_check CHECK ((block_number >= 0)),
    CONSTRAINT signing_heads_chain_id_check CHECK ((chain_id > 0))
);

CREATE TABLE token_balances (
    chain_id bigint NOT NULL,
    contract bytea NOT NULL,
    token_id numeric(78,0) NOT NULL,
    owner bytea NOT NULL,
    quantity numeric(80,0) NOT NULL,
    CONSTRAINT token_balances_pkey PRIMARY KEY (chain_id, contract, token_id, owner),
    CONSTRAINT token_balances_contract_check CHECK ((length(contract) = 20)),
    CONSTRAINT token_balances_owner_check CHECK ((length(owner) = 20)),
    CONSTRAINT token_balances_quantity_check CHECK ((quantity >= (0)::numeric))
);
CREATE INDEX token_balances_owner ON token_balances USING btree (chain_id, owner) WHERE (quantity > (0)::numeric);

CREATE TABLE token_transfers (
    chain_id bigint NOT NULL,
    block_hash bytea NOT NULL,
    log_index integer NOT NULL,
    "position" integer NOT NULL,
    block_number bigint NOT NULL,
    block_time timestamp with time zone NOT NULL,
    transaction_hash bytea NOT NULL,
    contract bytea NOT NULL,
    token_id numeric(78,0) NOT NULL,
    from_address bytea NOT NULL,
    to_address bytea NOT NULL,
    quantity numeric(78,0) NOT NULL,
    CONSTRAINT token_transfers_pkey PRIMARY KEY (chain_id, block_hash, log_index, "position"),
    CONSTRAINT token_transfers_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT token_transfers_contract_check CHECK ((length(contract) = 20)),
    CONSTRAINT token_transfers_from_address_check CHECK ((length(from_address) = 20)),
    CONSTRAINT token_transfers_quantity_check CHECK (((quantity >= (0)::numeric) AND (quantity < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT token_transfers_to_address_check CHECK ((length(to_address) = 20)),
    CONSTRAINT token_transfers_token_id_check CHECK (((token_id >= (0)::numeric) AND (token_id < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT token_transfers_transaction_hash_check CHECK ((length(transaction_hash) = 32))
);
CREATE INDEX token_transfers_undo ON token_transfers USING btree (chain_id, block_number);

CREATE TABLE transaction_attempts (
    transaction_id uuid NOT NULL,
    attempt integer NOT NULL,
    transaction_hash bytea NOT NULL,
    raw bytea NOT NULL,
    fee_per_gas_wei numeric(78,0) NOT NULL,
    priority_fee_per_gas_wei numeric(78,0) NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    given_at timestamp with time zone,
    CONSTRAINT transaction_attempts_pkey PRIMARY KEY (transaction_id, attempt),
    CONSTRAINT transaction_attempts_transaction_hash_key UNIQUE (transaction_hash),
    CONSTRAINT transaction_attempts_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES transactions(id),
    CONSTRAINT transaction_attempts_attempt_check CHECK ((attempt > 0)),
    CONSTRAINT transaction_attempts_check CHECK (((priority_fee_per_gas_wei >= (0)::numeric) AND (priority_fee_per_gas_wei <= fee_per_gas_wei))),
    CONSTRAINT transaction_attempts_fee_per_gas_wei_check CHECK ((fee_per_gas_wei >= (0)::numeric)),
    CONSTRAINT transaction_attempts_transaction_hash_check CHECK ((length(transaction_hash) = 32))
);

CREATE TABLE transaction_history (
    sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    transaction_id uuid NOT NULL,
    status text NOT NULL,
    nonce bigint,
    reason text,
    transaction_hash bytea,
    block_number bigint,
    block_hash bytea,
    happened_at timestamp with time zone NOT NULL,
    CONSTRAINT transaction_history_pkey PRIMARY KEY (sequence),
    CONSTRAINT transaction_history_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES transactions(id),
    CONSTRAINT transaction_history_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT transaction_history_transaction_hash_check CHECK ((length(transaction_hash) = 32))
);
CREATE INDEX transaction_history_of ON transaction_history USING btree (transaction_id, sequence);

CREATE TABLE transactions (
    id uuid NOT NULL,
    signer_id uuid NOT NULL,
    chain_id bigint NOT NULL,
    status text NOT NULL,
    nonce bigint,
    to_address bytea NOT NULL,
    value_wei numeric(78,0) NOT NULL,
    data bytea NOT NULL,
    gas_limit bigint NOT NULL,
    is_filler boolean NOT NULL,
    description text NOT NULL,
    requested_by uuid,
    rule_id uuid,
    rule_version integer,
    reason text,
    waits_for text,
    transaction_hash bytea,
    block_number bigint,
    block_hash bytea,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    finalized_at timestamp with time zone,
    CONSTRAINT transactions_pkey PRIMARY KEY (id),
    CONSTRAINT transactions_rule_id_rule_version_fkey FOREIGN KEY (rule_id, rule_version) REFERENCES policy_rules(rule_id, version),
    CONSTRAINT transactions_signer_id_fkey FOREIGN KEY (signer_id) REFERENCES signers(id),
    CONSTRAINT transactions_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT transactions_block_number_check CHECK ((block_number >= 0)),
    CONSTRAINT transactions_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT transactions_check CHECK (((status = ANY (ARRAY['final'::text, 'reverted'::text, 'replaced'::text, 'refused'::text])) = (finalized_at IS NOT NULL))),
    CONSTRAINT transactions_check1 CHECK (((status = ANY (ARRAY['queued'::text, 'refused'::text])) = (nonce IS NULL))),
    CONSTRAINT transactions_check2 CHECK (((status = ANY (ARRAY['queued'::text, 'allocated'::text, 'refused'::text, 'replaced'::text])) OR (transaction_hash IS NOT NULL))),
    CONSTRAINT transactions_check3 CHECK (((status = ANY (ARRAY['mined'::text, 'final'::text, 'reverted'::text])) = (block_hash IS NOT NULL))),
    CONSTRAINT transactions_check4 CHECK (((block_hash IS NULL) = (block_number IS NULL))),
    CONSTRAINT transactions_check5 CHECK (((status <> ALL (ARRAY['reverted'::text, 'replaced'::text, 'refused'::text])) OR (reason IS NOT NULL))),
    CONSTRAINT transactions_check6 CHECK (((is_filler = (rule_id IS NULL)) AND (is_filler = (requested_by IS NULL)))),
    CONSTRAINT transactions_data_check CHECK ((length(data) <= 65536)),
    CONSTRAINT transactions_description_check CHECK (((length(description) >= 1) AND (length(description) <= 200))),
    CONSTRAINT transactions_gas_limit_check CHECK ((gas_limit >= 21000)),
    CONSTRAINT transactions_nonce_check CHECK ((nonce >= 0)),
    CONSTRAINT transactions_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 200))),
    CONSTRAINT transactions_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'allocated'::text, 'signed'::text, 'broadcast'::text, 'mined'::text, 'final'::text, 'reverted'::text, 'replaced'::text, 'refused'::text, 'unknown'::text]))),
    CONSTRAINT transactions_to_address_check CHECK ((length(to_address) = 20)),
    CONSTRAINT transactions_transaction_hash_check CHECK ((length(transaction_hash) = 32)),
    CONSTRAINT transactions_value_wei_check CHECK (((value_wei >= (0)::numeric) AND (value_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT transactions_waits_for_check CHECK (((length(waits_for) >= 1) AND (length(waits_for) <= 200)))
);
CREATE INDEX transactions_by_rule ON transactions USING btree (rule_id, created_at);
CREATE INDEX transactions_by_signer ON transactions USING btree (signer_id, id);
CREATE INDEX transactions_by_status ON transactions USING btree (status, id);
CREATE INDEX transactions_to_confirm ON transactions USING btree (chain_id, nonce) WHERE (status = ANY (ARRAY['broadcast'::text, 'unknown'::text, 'mined'::text]));
CREATE INDEX transactions_to_send ON transactions USING btree (signer_id, nonce, id) WHERE (status = ANY (ARRAY['queued'::text, 'allocated'::text, 'signed'::text]));
CREATE UNIQUE INDEX transactions_nonce ON transactions USING btree (signer_id, nonce) WHERE (nonce IS NOT NULL);

CREATE TABLE user_roles (
    user_id uuid NOT NULL,
    role text NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    CONSTRAINT user_roles_pkey PRIMARY KEY (user_id, role),
    CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
    CONSTRAINT user_roles_role_check CHECK ((role = ANY (ARRAY['trader'::text, 'support'::text, 'admin'::text, 'operator'::text])))
);

CREATE TABLE users (
    id uuid NOT NULL,
    epoch bigint NOT NULL DEFAULT 1,
    created_at timestamp with time zone NOT NULL,
    firebase_uid text NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_firebase_uid UNIQUE (firebase_uid),
    CONSTRAINT users_epoch_check CHECK ((epoch > 0)),
    CONSTRAINT users_firebase_uid_check CHECK (((length(firebase_uid) >= 1) AND (length(firebase_uid) <= 128)))
);

CREATE TABLE wallet_challenges (
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    chain_id bigint NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    consumed_at timestamp with time zone,
    address bytea NOT NULL,
    nonce text NOT NULL,
    domain text NOT NULL,
    uri text NOT NULL,
    CONSTRAINT wallet_challenges_pkey PRIMARY KEY (id),
    CONSTRAINT wallet_challenges_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
    CONSTRAINT wallet_challenges_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
    CONSTRAINT wallet_challenges_address_check CHECK ((length(address) = 20)),
    CONSTRAINT wallet_challenges_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT wallet_challenges_check CHECK ((expires_at > issued_at)),
    CONSTRAINT wallet_challenges_domain_check CHECK (((length(domain) >= 1) AND (length(domain) <= 300))),
    CONSTRAINT wallet_challenges_nonce_check CHECK ((nonce ~ '^[A-Za-z0-9]{16,64}$'::text)),
    CONSTRAINT wallet_challenges_uri_check CHECK (((length(uri) >= 1) AND (length(uri) <= 2000)))
);
CREATE INDEX wallet_challenges_session ON wallet_challenges USING btree (session_id);

CREATE TABLE wallets (
    address bytea NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    chain_id bigint,
    linked_at timestamp with time zone NOT NULL,
    CONSTRAINT wallets_pkey PRIMARY KEY (address),
    CONSTRAINT wallets_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
    CONSTRAINT wallets_address_check CHECK ((length(address) = 20)),
    CONSTRAINT wallets_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT wallets_check CHECK (((kind = 'contract'::text) = (chain_id IS NOT NULL))),
    CONSTRAINT wallets_kind_check CHECK ((kind = ANY (ARRAY['key'::text, 'contract'::text])))
);
CREATE INDEX wallets_user ON wallets USING btree (user_id);

CREATE VIEW authorization_state AS
SELECT s.id AS session_id,
    s.user_id AS subject,
    u.epoch,
    (s.revoked_at IS NOT NULL) AS is_revoked
   FROM (sessions s
     JOIN users u ON ((u.id = s.user_id)));

CREATE VIEW linked_wallets AS
SELECT address,
    user_id,
    chain_id
   FROM wallets;

CREATE OR REPLACE FUNCTION public.append_audit(p_room text, p_actor uuid, p_action text, p_subject text, p_detail jsonb, p_happened_at timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.audit_hash(previous_hash bytea, sequence bigint, room text, actor uuid, action text, subject text, detail jsonb, happened_at timestamp with time zone)
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog'
AS $function$
    SELECT sha256(previous_hash || convert_to(concat_ws(E'\x1f',
        sequence::text, room, actor::text, action, subject, detail::text,
        (extract(epoch FROM happened_at) * 1000000)::bigint::text), 'UTF8'))
$function$;

GRANT EXECUTE ON FUNCTION append_audit TO auth;
GRANT EXECUTE ON FUNCTION append_audit TO jobs;
GRANT EXECUTE ON FUNCTION append_audit TO marketplace;
GRANT EXECUTE ON FUNCTION append_audit TO signing;
GRANT EXECUTE ON FUNCTION append_audit TO webhooks;
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT USAGE ON SCHEMA public TO auth;
GRANT USAGE ON SCHEMA public TO jobs;
GRANT USAGE ON SCHEMA public TO marketplace;
GRANT USAGE ON SCHEMA public TO signing;
GRANT USAGE ON SCHEMA public TO webhooks;
GRANT DELETE, INSERT, SELECT ON activity TO marketplace;
GRANT SELECT ON audit TO auth;
GRANT SELECT ON audit TO jobs;
GRANT SELECT ON authorization_state TO auth;
GRANT SELECT ON authorization_state TO jobs;
GRANT SELECT ON authorization_state TO marketplace;
GRANT SELECT ON authorization_state TO signing;
GRANT SELECT ON authorization_state TO webhooks;
GRANT DELETE, INSERT, SELECT ON chain_blocks TO marketplace;
GRANT INSERT, SELECT, UPDATE ON chain_cursors TO marketplace;
GRANT INSERT, SELECT, UPDATE (backfilled_to, is_live) ON collections TO marketplace;
GRANT DELETE, INSERT, SELECT ON dead_letters TO jobs;
GRANT INSERT, SELECT, UPDATE (response) ON idempotency_keys TO auth;
GRANT DELETE, SELECT (caller, expires_at, key, room) ON idempotency_keys TO jobs;
GRANT INSERT, SELECT, UPDATE (response) ON idempotency_keys TO marketplace;
GRANT INSERT, SELECT, UPDATE (response) ON idempotency_keys TO signing;
GRANT INSERT, SELECT, UPDATE (response) ON idempotency_keys TO webhooks;
GRANT INSERT, SELECT, UPDATE ON inbox TO auth;
GRANT DELETE, INSERT, SELECT (consumer, id, source, taken_at) ON inbox TO jobs;
GRANT INSERT, SELECT, UPDATE ON inbox TO marketplace;
GRANT INSERT, SELECT, UPDATE ON inbox TO signing;
GRANT INSERT, SELECT, UPDATE ON inbox TO webhooks;
GRANT INSERT, SELECT, UPDATE ON leases TO jobs;
GRANT INSERT, SELECT, UPDATE ON leases TO marketplace;
GRANT INSERT, SELECT, UPDATE ON leases TO signing;
GRANT SELECT ON linked_wallets TO marketplace;
GRANT INSERT, SELECT, UPDATE ON listings TO marketplace;
GRANT DELETE, INSERT, SELECT ON order_events TO marketplace;
GRANT INSERT, SELECT, UPDATE (sent_at) ON outbox TO auth;
GRANT DELETE, INSERT, SELECT, UPDATE (attempts, done_at, due_at, sent_at) ON outbox TO jobs;
GRANT INSERT, SELECT, UPDATE (sent_at) ON outbox TO marketplace;
GRANT INSERT, SELECT, UPDATE (sent_at) ON outbox TO signing;
GRANT INSERT, SELECT ON outbox TO webhooks;
GRANT INSERT, SELECT, UPDATE (approved_at, approved_by) ON policy_rules TO signing;
GRANT DELETE, INSERT, SELECT ON prepared_listings TO marketplace;
GRANT INSERT, SELECT, UPDATE ON purchases TO marketplace;
GRANT INSERT, SELECT, UPDATE (used_at) ON refresh_tokens TO auth;
GRANT INSERT, SELECT, UPDATE (checked_at, generation, reason, revoked_at, rotated_at) ON sessions TO auth;
GRANT DELETE, SELECT (expires_at, id) ON sessions TO jobs;
GRANT DELETE, INSERT, SELECT ON settlement_lines TO marketplace;
GRANT INSERT, SELECT, UPDATE (next_nonce, pause_reason, paused_at, paused_by) ON signers TO signing;
GRANT INSERT, SELECT, UPDATE ON signing_heads TO signing;
GRANT DELETE, INSERT, SELECT, UPDATE ON token_balances TO marketplace;
GRANT DELETE, INSERT, SELECT ON token_transfers TO marketplace;
GRANT INSERT, SELECT, UPDATE (given_at) ON transaction_attempts TO signing;
GRANT INSERT, SELECT ON transaction_history TO signing;
GRANT INSERT, SELECT, UPDATE (block_hash, block_number, finalized_at, nonce, reason, status, transaction_hash, updated_at, waits_for) ON transactions TO signing;
GRANT DELETE, INSERT, SELECT ON user_roles TO auth;
GRANT INSERT, SELECT, UPDATE (epoch) ON users TO auth;
GRANT INSERT, SELECT, UPDATE (consumed_at) ON wallet_challenges TO auth;
GRANT DELETE, INSERT, SELECT ON wallets TO auth;
