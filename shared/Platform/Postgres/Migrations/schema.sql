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
    log_index integer,
    CONSTRAINT activity_pkey PRIMARY KEY (id),
    CONSTRAINT activity_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT activity_check CHECK (((block_number IS NULL) = (block_hash IS NULL))),
    CONSTRAINT activity_check1 CHECK (((log_index IS NULL) OR (block_number IS NOT NULL))),
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
    head_number bigint,
    head_time timestamp with time zone,
    head_seen_at timestamp with time zone,
    safe_number bigint,
    finalized_number bigint,
    hinted_at timestamp with time zone,
    gaps_healed bigint NOT NULL DEFAULT 0,
    reorg_depth bigint,
    reorged_at timestamp with time zone,
    halted_at timestamp with time zone,
    log_blocks bigint,
    log_blocks_refused boolean NOT NULL DEFAULT false,
    log_blocks_limit bigint,
    log_blocks_limit_at timestamp with time zone,
    CONSTRAINT chain_cursors_pkey PRIMARY KEY (chain_id),
    CONSTRAINT chain_cursors_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT chain_cursors_finalized_number_check CHECK ((finalized_number >= 0)),
    CONSTRAINT chain_cursors_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT chain_cursors_head_number_check CHECK ((head_number >= 0)),
    CONSTRAINT chain_cursors_log_blocks_check CHECK ((log_blocks > 0)),
    CONSTRAINT chain_cursors_log_blocks_limit_check CHECK ((log_blocks_limit > 0)),
    CONSTRAINT chain_cursors_number_check CHECK ((number >= 0)),
    CONSTRAINT chain_cursors_parent_hash_check CHECK ((length(parent_hash) = 32)),
    CONSTRAINT chain_cursors_reorg_depth_check CHECK ((reorg_depth >= 0)),
    CONSTRAINT chain_cursors_safe_number_check CHECK ((safe_number >= 0))
);

CREATE TABLE chain_resync_logs (
    resync_id uuid NOT NULL,
    block_number bigint NOT NULL,
    log_index integer NOT NULL,
    block_hash bytea NOT NULL,
    block_time timestamp with time zone NOT NULL,
    transaction_hash bytea NOT NULL,
    address bytea NOT NULL,
    topics bytea NOT NULL,
    data bytea NOT NULL,
    CONSTRAINT chain_resync_logs_pkey PRIMARY KEY (resync_id, block_number, log_index),
    CONSTRAINT chain_resync_logs_resync_id_fkey FOREIGN KEY (resync_id) REFERENCES chain_resyncs(id),
    CONSTRAINT chain_resync_logs_address_check CHECK ((length(address) = 20)),
    CONSTRAINT chain_resync_logs_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT chain_resync_logs_topics_check CHECK ((((length(topics) % 32) = 0) AND (length(topics) <= 128))),
    CONSTRAINT chain_resync_logs_transaction_hash_check CHECK ((length(transaction_hash) = 32))
);

CREATE TABLE chain_resyncs (
    id uuid NOT NULL,
    chain_id bigint NOT NULL,
    from_block bigint NOT NULL,
    status text NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    staged_number bigint,
    staged_hash bytea,
    staged_parent bytea,
    staged_time timestamp with time zone,
    contracts bytea,
    logs bigint NOT NULL DEFAULT 0,
    restarts integer NOT NULL DEFAULT 0,
    rebuilds integer NOT NULL DEFAULT 0,
    was_halted boolean,
    tables jsonb,
    is_equal boolean,
    failed_reason text,
    finished_at timestamp with time zone,
    CONSTRAINT chain_resyncs_pkey PRIMARY KEY (id),
    CONSTRAINT chain_resyncs_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT chain_resyncs_check CHECK ((((status = 'requested'::text) = (staged_number IS NULL)) OR (status = 'failed'::text))),
    CONSTRAINT chain_resyncs_check1 CHECK (((status = ANY (ARRAY['done'::text, 'failed'::text])) = (finished_at IS NOT NULL))),
    CONSTRAINT chain_resyncs_check2 CHECK (((status = 'done'::text) = ((is_equal IS NOT NULL) AND (tables IS NOT NULL) AND (was_halted IS NOT NULL)))),
    CONSTRAINT chain_resyncs_check3 CHECK (((status = 'failed'::text) = (failed_reason IS NOT NULL))),
    CONSTRAINT chain_resyncs_contracts_check CHECK ((length(contracts) = 32)),
    CONSTRAINT chain_resyncs_from_block_check CHECK ((from_block > 0)),
    CONSTRAINT chain_resyncs_staged_hash_check CHECK ((length(staged_hash) = 32)),
    CONSTRAINT chain_resyncs_staged_parent_check CHECK ((length(staged_parent) = 32)),
    CONSTRAINT chain_resyncs_status_check CHECK ((status = ANY (ARRAY['requested'::text, 'staging'::text, 'done'::text, 'failed'::text])))
);
CREATE UNIQUE INDEX chain_resyncs_open ON chain_resyncs USING btree (chain_id) WHERE (status = ANY (ARRAY['requested'::text, 'staging'::text]));

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

CREATE TABLE consents (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    chain_id bigint NOT NULL,
    wallet bytea NOT NULL,
    contract bytea NOT NULL,
    data bytea NOT NULL,
    value_wei numeric(78,0) NOT NULL,
    description text NOT NULL,
    status text NOT NULL,
    reason text,
    transaction_id uuid,
    transaction_hash bytea,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT consents_pkey PRIMARY KEY (id),
    CONSTRAINT consents_transaction_id_key UNIQUE (transaction_id),
    CONSTRAINT consents_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT consents_check CHECK ((expires_at > asked_at)),
    CONSTRAINT consents_check1 CHECK (((status = ANY (ARRAY['submitted'::text, 'completed'::text, 'failed'::text])) = (transaction_id IS NOT NULL))),
    CONSTRAINT consents_check2 CHECK (((status <> 'completed'::text) OR (transaction_hash IS NOT NULL))),
    CONSTRAINT consents_check3 CHECK (((status = ANY (ARRAY['failed'::text, 'denied'::text, 'lapsed'::text])) = (reason IS NOT NULL))),
    CONSTRAINT consents_contract_check CHECK ((length(contract) = 20)),
    CONSTRAINT consents_data_check CHECK (((length(data) >= 4) AND (length(data) <= 65536))),
    CONSTRAINT consents_description_check CHECK (((length(description) >= 1) AND (length(description) <= 200))),
    CONSTRAINT consents_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 200))),
    CONSTRAINT consents_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'submitted'::text, 'completed'::text, 'failed'::text, 'denied'::text, 'lapsed'::text]))),
    CONSTRAINT consents_transaction_hash_check CHECK ((length(transaction_hash) = 32)),
    CONSTRAINT consents_value_wei_check CHECK (((value_wei >= (0)::numeric) AND (value_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT consents_wallet_check CHECK ((length(wallet) = 20))
);
CREATE INDEX consents_open ON consents USING btree (updated_at) WHERE (status = ANY (ARRAY['asked'::text, 'submitted'::text]));
CREATE INDEX consents_user ON consents USING btree (user_id, id);

CREATE TABLE currency_approvals (
    chain_id bigint NOT NULL,
    block_hash bytea NOT NULL,
    log_index integer NOT NULL,
    block_number bigint NOT NULL,
    currency bytea NOT NULL,
    owner bytea NOT NULL,
    spender bytea NOT NULL,
    amount_wei numeric(78,0) NOT NULL,
    CONSTRAINT currency_approvals_pkey PRIMARY KEY (chain_id, block_hash, log_index),
    CONSTRAINT currency_approvals_amount_wei_check CHECK (((amount_wei >= (0)::numeric) AND (amount_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT currency_approvals_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT currency_approvals_currency_check CHECK ((length(currency) = 20)),
    CONSTRAINT currency_approvals_owner_check CHECK ((length(owner) = 20)),
    CONSTRAINT currency_approvals_spender_check CHECK ((length(spender) = 20))
);
CREATE INDEX currency_approvals_newest ON currency_approvals USING btree (chain_id, currency, owner, spender, block_number, log_index);
CREATE INDEX currency_approvals_undo ON currency_approvals USING btree (chain_id, block_number);

CREATE TABLE currency_balances (
    chain_id bigint NOT NULL,
    currency bytea NOT NULL,
    owner bytea NOT NULL,
    amount_wei numeric NOT NULL,
    CONSTRAINT currency_balances_pkey PRIMARY KEY (chain_id, currency, owner),
    CONSTRAINT currency_balances_currency_check CHECK ((length(currency) = 20)),
    CONSTRAINT currency_balances_owner_check CHECK ((length(owner) = 20))
);

CREATE TABLE currency_transfers (
    chain_id bigint NOT NULL,
    block_hash bytea NOT NULL,
    log_index integer NOT NULL,
    block_number bigint NOT NULL,
    transaction_hash bytea NOT NULL,
    currency bytea NOT NULL,
    from_address bytea NOT NULL,
    to_address bytea NOT NULL,
    amount_wei numeric(78,0) NOT NULL,
    CONSTRAINT currency_transfers_pkey PRIMARY KEY (chain_id, block_hash, log_index),
    CONSTRAINT currency_transfers_amount_wei_check CHECK (((amount_wei >= (0)::numeric) AND (amount_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT currency_transfers_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT currency_transfers_currency_check CHECK ((length(currency) = 20)),
    CONSTRAINT currency_transfers_from_address_check CHECK ((length(from_address) = 20)),
    CONSTRAINT currency_transfers_to_address_check CHECK ((length(to_address) = 20)),
    CONSTRAINT currency_transfers_transaction_hash_check CHECK ((length(transaction_hash) = 32))
);
CREATE INDEX currency_transfers_undo ON currency_transfers USING btree (chain_id, block_number);

CREATE TABLE dead_letters (
    source text NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    subject text,
    data bytea,
    reason text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    letter_id uuid NOT NULL DEFAULT gen_random_uuid(),
    consumer text,
    status text NOT NULL DEFAULT 'parked'::text,
    attributes jsonb NOT NULL DEFAULT '{}'::jsonb,
    detail text,
    deaths integer NOT NULL DEFAULT 1,
    changed_at timestamp with time zone NOT NULL DEFAULT now(),
    due_at timestamp with time zone,
    decided_by uuid,
    decision text,
    CONSTRAINT dead_letters_pkey PRIMARY KEY (letter_id),
    CONSTRAINT dead_letters_event UNIQUE NULLS NOT DISTINCT (source, id, consumer),
    CONSTRAINT dead_letters_check CHECK (((due_at IS NULL) OR (status = 'replayed'::text))),
    CONSTRAINT dead_letters_check1 CHECK (((status <> 'discarded'::text) OR ((decided_by IS NOT NULL) AND (decision IS NOT NULL)))),
    CONSTRAINT dead_letters_consumer_check CHECK (((length(consumer) >= 1) AND (length(consumer) <= 63))),
    CONSTRAINT dead_letters_deaths_check CHECK ((deaths > 0)),
    CONSTRAINT dead_letters_decision_check CHECK (((length(decision) >= 1) AND (length(decision) <= 500))),
    CONSTRAINT dead_letters_detail_check CHECK ((length(detail) <= 1000)),
    CONSTRAINT dead_letters_status_check CHECK ((status = ANY (ARRAY['retrying'::text, 'parked'::text, 'replayed'::text, 'taken'::text, 'discarded'::text])))
);
CREATE INDEX dead_letters_due ON dead_letters USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX dead_letters_newest ON dead_letters USING btree (created_at, letter_id);
CREATE INDEX dead_letters_open ON dead_letters USING btree (status) WHERE (status = ANY (ARRAY['retrying'::text, 'parked'::text, 'replayed'::text]));

CREATE TABLE derived_changes (
    sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    chain_id bigint NOT NULL,
    block_number bigint NOT NULL,
    block_hash bytea NOT NULL,
    log_index integer,
    listing_id uuid NOT NULL,
    purchase_id uuid,
    status_before text NOT NULL,
    reason_before text,
    held_by_before uuid,
    held_until_before timestamp with time zone,
    transaction_before bytea,
    status_after text NOT NULL,
    reason_after text,
    held_by_after uuid,
    held_until_after timestamp with time zone,
    transaction_after bytea,
    CONSTRAINT derived_changes_pkey PRIMARY KEY (sequence),
    CONSTRAINT derived_changes_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings(id),
    CONSTRAINT derived_changes_purchase_id_fkey FOREIGN KEY (purchase_id) REFERENCES purchases(id),
    CONSTRAINT derived_changes_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT derived_changes_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT derived_changes_check CHECK (((purchase_id IS NULL) OR ((held_by_before IS NULL) AND (held_by_after IS NULL)))),
    CONSTRAINT derived_changes_check1 CHECK (((purchase_id IS NOT NULL) OR ((transaction_before IS NULL) AND (transaction_after IS NULL)))),
    CONSTRAINT derived_changes_transaction_after_check CHECK ((length(transaction_after) = 32)),
    CONSTRAINT derived_changes_transaction_before_check CHECK ((length(transaction_before) = 32))
);
CREATE INDEX derived_changes_undo ON derived_changes USING btree (chain_id, block_number);

CREATE TABLE embedded_wallets (
    address bytea NOT NULL,
    email_ciphertext text NOT NULL,
    CONSTRAINT embedded_wallets_pkey PRIMARY KEY (address),
    CONSTRAINT embedded_wallets_address_fkey FOREIGN KEY (address) REFERENCES wallets(address) ON DELETE CASCADE,
    CONSTRAINT embedded_wallets_email_ciphertext_check CHECK ((email_ciphertext ~~ 'vault:v%'::text))
);

CREATE TABLE hooks (
    name text NOT NULL,
    is_active boolean,
    wanted_count bigint,
    watched_count bigint,
    wanted_digest bytea,
    compared_at timestamp with time zone,
    synced_at timestamp with time zone,
    resumes bigint NOT NULL DEFAULT 0,
    resumed_at timestamp with time zone,
    failure text,
    failed_at timestamp with time zone,
    CONSTRAINT hooks_pkey PRIMARY KEY (name),
    CONSTRAINT hooks_check CHECK (((resumes > 0) = (resumed_at IS NOT NULL))),
    CONSTRAINT hooks_check1 CHECK (((failure IS NULL) = (failed_at IS NULL))),
    CONSTRAINT hooks_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT hooks_resumes_check CHECK ((resumes >= 0)),
    CONSTRAINT hooks_wanted_count_check CHECK ((wanted_count >= 0)),
    CONSTRAINT hooks_wanted_digest_check CHECK ((length(wanted_digest) = 32)),
    CONSTRAINT hooks_watched_count_check CHECK ((watched_count >= 0))
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

CREATE TABLE inbox (
    consumer text NOT NULL,
    source text NOT NULL,
    id text NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    type text,
    payload bytea,
    mark text,
    CONSTRAINT inbox_pkey PRIMARY KEY (consumer, source, id),
    CONSTRAINT inbox_check CHECK (((payload IS NULL) OR (consumer = 'webhooks'::text))),
    CONSTRAINT inbox_check1 CHECK (((mark IS NULL) OR (consumer = 'webhooks'::text))),
    CONSTRAINT inbox_id_check CHECK (((length(id) >= 1) AND (length(id) <= 200))),
    CONSTRAINT inbox_mark_check CHECK ((mark = ANY (ARRAY['unknown_type'::text, 'provider_error'::text]))),
    CONSTRAINT inbox_source_check CHECK (((length(source) >= 1) AND (length(source) <= 500)))
);
CREATE INDEX inbox_delivered ON inbox USING btree (taken_at) WHERE (consumer = 'webhooks'::text);
CREATE INDEX inbox_marked ON inbox USING btree (taken_at) WHERE (mark IS NOT NULL);
CREATE INDEX inbox_taken ON inbox USING btree (taken_at) WHERE (consumer <> 'webhooks'::text);
ALTER TABLE inbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY inbox_own ON inbox FOR ALL TO public USING (pg_has_role((consumer)::name, 'MEMBER'::text)) WITH CHECK (pg_has_role((consumer)::name, 'MEMBER'::text));
CREATE POLICY inbox_relay ON inbox FOR ALL TO jobs USING (true) WITH CHECK (true);

CREATE TABLE inbox_heads (
    consumer text NOT NULL,
    source text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    CONSTRAINT inbox_heads_pkey PRIMARY KEY (consumer, source, subject),
    CONSTRAINT inbox_heads_sequence_check CHECK ((sequence >= 0)),
    CONSTRAINT inbox_heads_source_check CHECK (((length(source) >= 1) AND (length(source) <= 500))),
    CONSTRAINT inbox_heads_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 500)))
);
CREATE INDEX inbox_heads_taken ON inbox_heads USING btree (taken_at);
ALTER TABLE inbox_heads ENABLE ROW LEVEL SECURITY;
CREATE POLICY inbox_heads_own ON inbox_heads FOR ALL TO public USING (pg_has_role((consumer)::name, 'MEMBER'::text)) WITH CHECK (pg_has_role((consumer)::name, 'MEMBER'::text));
CREATE POLICY inbox_heads_purge ON inbox_heads FOR ALL TO jobs USING (true);

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
    confirmed_block bigint,
    CONSTRAINT listings_pkey PRIMARY KEY (id),
    CONSTRAINT listings_chain_id_order_hash_key UNIQUE (chain_id, order_hash),
    CONSTRAINT listings_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT listings_check CHECK ((ends_at > starts_at)),
    CONSTRAINT listings_check1 CHECK (((held_by IS NULL) = (held_until IS NULL))),
    CONSTRAINT listings_check2 CHECK (((status <> 'held'::text) OR (held_by IS NOT NULL))),
    CONSTRAINT listings_check3 CHECK (((status = ANY (ARRAY['active'::text, 'held'::text])) = (reason IS NULL))),
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
    CONSTRAINT order_events_kind_check CHECK ((kind = ANY (ARRAY['filled'::text, 'cancelled'::text, 'counter_raised'::text, 'validated'::text, 'matched'::text]))),
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
CREATE INDEX outbox_due ON outbox USING btree (due_at, sequence) WHERE (done_at IS NULL);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY outbox_own ON outbox FOR ALL TO public USING (pg_has_role((room)::name, 'MEMBER'::text)) WITH CHECK (pg_has_role((room)::name, 'MEMBER'::text));
CREATE POLICY outbox_relay ON outbox FOR ALL TO jobs USING (true) WITH CHECK (true);

CREATE TABLE policies (
    id uuid NOT NULL,
    version integer NOT NULL,
    content jsonb NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    approved_by uuid,
    approved_at timestamp with time zone,
    kind text NOT NULL,
    name text NOT NULL,
    is_narrowing boolean NOT NULL,
    effective_at timestamp with time zone,
    withdrawn_by uuid,
    withdrawn_at timestamp with time zone,
    CONSTRAINT policy_rules_pkey PRIMARY KEY (id, version),
    CONSTRAINT policies_check CHECK (((effective_at IS NOT NULL) = (is_narrowing OR (approved_at IS NOT NULL)))),
    CONSTRAINT policies_check1 CHECK (((withdrawn_at IS NULL) = (withdrawn_by IS NULL))),
    CONSTRAINT policies_check2 CHECK (((withdrawn_at IS NULL) OR (effective_at IS NULL) OR (withdrawn_at < effective_at))),
    CONSTRAINT policies_kind_check CHECK ((kind = ANY (ARRAY['rule'::text, 'recipient_list'::text, 'contract'::text, 'signer_limit'::text, 'signature'::text]))),
    CONSTRAINT policies_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT policy_rules_check CHECK (((approved_at IS NULL) = (approved_by IS NULL))),
    CONSTRAINT policy_rules_check1 CHECK ((approved_by <> proposed_by)),
    CONSTRAINT policy_rules_version_check CHECK ((version > 0))
);
CREATE UNIQUE INDEX policies_name ON policies USING btree (kind, name, version);

CREATE TABLE policy_holds (
    rule_id uuid NOT NULL,
    signer_id uuid NOT NULL,
    held_until timestamp with time zone NOT NULL,
    CONSTRAINT policy_holds_pkey PRIMARY KEY (rule_id, signer_id),
    CONSTRAINT policy_holds_signer_id_fkey FOREIGN KEY (signer_id) REFERENCES signers(id)
);

CREATE TABLE policy_revision (
    is_only boolean NOT NULL,
    revision bigint NOT NULL,
    CONSTRAINT policy_revision_pkey PRIMARY KEY (is_only),
    CONSTRAINT policy_revision_is_only_check CHECK (is_only),
    CONSTRAINT policy_revision_revision_check CHECK ((revision > 0))
);

CREATE TABLE policy_shares (
    transaction_id uuid NOT NULL,
    rule_id uuid NOT NULL,
    signer_id uuid NOT NULL,
    value_wei numeric(78,0) NOT NULL,
    amount numeric(78,0) NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    allocated_at timestamp with time zone,
    returned_at timestamp with time zone,
    CONSTRAINT policy_shares_pkey PRIMARY KEY (transaction_id),
    CONSTRAINT policy_shares_signer_id_fkey FOREIGN KEY (signer_id) REFERENCES signers(id),
    CONSTRAINT policy_shares_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES transactions(id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT policy_shares_amount_check CHECK (((amount >= (0)::numeric) AND (amount < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT policy_shares_value_wei_check CHECK (((value_wei >= (0)::numeric) AND (value_wei < ((2)::numeric ^ (256)::numeric))))
);

CREATE TABLE policy_usage (
    scope_id uuid NOT NULL,
    phase text NOT NULL,
    period text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    count bigint NOT NULL,
    value_wei numeric NOT NULL,
    amount numeric NOT NULL,
    CONSTRAINT policy_usage_pkey PRIMARY KEY (scope_id, phase, period, starts_at),
    CONSTRAINT policy_usage_amount_check CHECK ((amount >= (0)::numeric)),
    CONSTRAINT policy_usage_count_check CHECK ((count >= 0)),
    CONSTRAINT policy_usage_period_check CHECK ((period = ANY (ARRAY['hour'::text, 'day'::text]))),
    CONSTRAINT policy_usage_phase_check CHECK ((phase = ANY (ARRAY['accepted'::text, 'allocated'::text]))),
    CONSTRAINT policy_usage_value_wei_check CHECK ((value_wei >= (0)::numeric))
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
    created_at timestamp with time zone NOT NULL,
    name text,
    settled_nonce bigint NOT NULL DEFAULT 0,
    balance_low_at timestamp with time zone,
    CONSTRAINT signers_pkey PRIMARY KEY (id),
    CONSTRAINT signers_chain_id_address_key UNIQUE (chain_id, address),
    CONSTRAINT signers_address_check CHECK ((length(address) = 20)),
    CONSTRAINT signers_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT signers_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9-]{0,31}$'::text)),
    CONSTRAINT signers_next_nonce_check CHECK ((next_nonce >= 0)),
    CONSTRAINT signers_settled_nonce_check CHECK ((settled_nonce >= 0))
);
CREATE UNIQUE INDEX signers_name ON signers USING btree (name);

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

CREATE TABLE signing_pauses (
    id uuid NOT NULL,
    scope text NOT NULL,
    chain_id bigint,
    signer_id uuid,
    reason text NOT NULL,
    paused_by uuid NOT NULL,
    paused_at timestamp with time zone NOT NULL,
    lifted_by uuid,
    lifted_at timestamp with time zone,
    CONSTRAINT signing_pauses_pkey PRIMARY KEY (id),
    CONSTRAINT signing_pauses_signer_id_fkey FOREIGN KEY (signer_id) REFERENCES signers(id),
    CONSTRAINT signing_pauses_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT signing_pauses_check CHECK ((((scope = 'chain'::text) = (chain_id IS NOT NULL)) AND ((scope = 'signer'::text) = (signer_id IS NOT NULL)))),
    CONSTRAINT signing_pauses_check1 CHECK (((lifted_at IS NULL) = (lifted_by IS NULL))),
    CONSTRAINT signing_pauses_check2 CHECK ((lifted_by <> paused_by)),
    CONSTRAINT signing_pauses_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 200))),
    CONSTRAINT signing_pauses_scope_check CHECK ((scope = ANY (ARRAY['everything'::text, 'chain'::text, 'signer'::text])))
);
CREATE UNIQUE INDEX signing_pauses_held ON signing_pauses USING btree (scope, COALESCE(chain_id, (0)::bigint), COALESCE((signer_id)::text, ''::text)) WHERE (lifted_at IS NULL);

CREATE TABLE token_approvals (
    chain_id bigint NOT NULL,
    block_hash bytea NOT NULL,
    log_index integer NOT NULL,
    block_number bigint NOT NULL,
    contract bytea NOT NULL,
    owner bytea NOT NULL,
    operator bytea NOT NULL,
    token_id numeric(78,0),
    is_approved boolean NOT NULL,
    CONSTRAINT token_approvals_pkey PRIMARY KEY (chain_id, block_hash, log_index),
    CONSTRAINT token_approvals_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT token_approvals_contract_check CHECK ((length(contract) = 20)),
    CONSTRAINT token_approvals_operator_check CHECK ((length(operator) = 20)),
    CONSTRAINT token_approvals_owner_check CHECK ((length(owner) = 20)),
    CONSTRAINT token_approvals_token_id_check CHECK (((token_id >= (0)::numeric) AND (token_id < ((2)::numeric ^ (256)::numeric))))
);
CREATE INDEX token_approvals_all ON token_approvals USING btree (chain_id, contract, owner, operator, block_number, log_index) WHERE (token_id IS NULL);
CREATE INDEX token_approvals_one ON token_approvals USING btree (chain_id, contract, token_id, block_number, log_index) WHERE (token_id IS NOT NULL);
CREATE INDEX token_approvals_undo ON token_approvals USING btree (chain_id, block_number);

CREATE TABLE token_balances (
    chain_id bigint NOT NULL,
    contract bytea NOT NULL,
    token_id numeric(78,0) NOT NULL,
    owner bytea NOT NULL,
    quantity numeric NOT NULL,
    CONSTRAINT token_balances_pkey PRIMARY KEY (chain_id, contract, token_id, owner),
    CONSTRAINT token_balances_contract_check CHECK ((length(contract) = 20)),
    CONSTRAINT token_balances_owner_check CHECK ((length(owner) = 20))
);

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
CREATE INDEX token_transfers_token ON token_transfers USING btree (chain_id, contract, token_id, block_number, log_index);
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
    nonce bigint,
    is_cancel boolean NOT NULL DEFAULT false,
    given_block bigint,
    outcome text,
    CONSTRAINT transaction_attempts_pkey PRIMARY KEY (transaction_id, attempt),
    CONSTRAINT transaction_attempts_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES transactions(id),
    CONSTRAINT transaction_attempts_attempt_check CHECK ((attempt > 0)),
    CONSTRAINT transaction_attempts_check CHECK (((priority_fee_per_gas_wei >= (0)::numeric) AND (priority_fee_per_gas_wei <= fee_per_gas_wei))),
    CONSTRAINT transaction_attempts_fee_per_gas_wei_check CHECK ((fee_per_gas_wei >= (0)::numeric)),
    CONSTRAINT transaction_attempts_given_block_check CHECK ((given_block >= 0)),
    CONSTRAINT transaction_attempts_nonce_check CHECK ((nonce >= 0)),
    CONSTRAINT transaction_attempts_outcome_check CHECK (((length(outcome) >= 1) AND (length(outcome) <= 40))),
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
    to_address bytea,
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
    wish text,
    wish_reason text,
    gas_used bigint,
    gas_price_wei numeric(78,0),
    when_fees_exceed text NOT NULL DEFAULT 'wait'::text,
    fee_per_gas_max_wei numeric(78,0),
    refund_of text,
    CONSTRAINT transactions_pkey PRIMARY KEY (id),
    CONSTRAINT transactions_rule_id_rule_version_fkey FOREIGN KEY (rule_id, rule_version) REFERENCES policies(id, version),
    CONSTRAINT transactions_signer_id_fkey FOREIGN KEY (signer_id) REFERENCES signers(id),
    CONSTRAINT transactions_block_check CHECK (((block_hash IS NOT NULL) OR (status <> ALL (ARRAY['mined'::text, 'final'::text, 'reverted'::text])))),
    CONSTRAINT transactions_block_hash_check CHECK ((length(block_hash) = 32)),
    CONSTRAINT transactions_block_number_check CHECK ((block_number >= 0)),
    CONSTRAINT transactions_chain_id_check CHECK ((chain_id > 0)),
    CONSTRAINT transactions_check CHECK (((status = ANY (ARRAY['final'::text, 'reverted'::text, 'replaced'::text, 'refused'::text])) = (finalized_at IS NOT NULL))),
    CONSTRAINT transactions_check1 CHECK (((status = ANY (ARRAY['queued'::text, 'refused'::text])) = (nonce IS NULL))),
    CONSTRAINT transactions_check2 CHECK (((status = ANY (ARRAY['queued'::text, 'allocated'::text, 'refused'::text, 'replaced'::text])) OR (transaction_hash IS NOT NULL))),
    CONSTRAINT transactions_check4 CHECK (((block_hash IS NULL) = (block_number IS NULL))),
    CONSTRAINT transactions_check5 CHECK (((status <> ALL (ARRAY['reverted'::text, 'replaced'::text, 'refused'::text])) OR (reason IS NOT NULL))),
    CONSTRAINT transactions_check6 CHECK (((is_filler = (rule_id IS NULL)) AND (is_filler = (requested_by IS NULL)))),
    CONSTRAINT transactions_check7 CHECK (((wish IS NULL) = (wish_reason IS NULL))),
    CONSTRAINT transactions_data_check CHECK ((length(data) <= 65536)),
    CONSTRAINT transactions_deploy_check CHECK (((to_address IS NOT NULL) OR (length(data) > 0))),
    CONSTRAINT transactions_description_check CHECK (((length(description) >= 1) AND (length(description) <= 200))),
    CONSTRAINT transactions_fee_per_gas_max_wei_check CHECK (((fee_per_gas_max_wei > (0)::numeric) AND (fee_per_gas_max_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT transactions_gas_limit_check CHECK ((gas_limit >= 21000)),
    CONSTRAINT transactions_gas_price_wei_check CHECK (((gas_price_wei >= (0)::numeric) AND (gas_price_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT transactions_gas_used_check CHECK ((gas_used >= 0)),
    CONSTRAINT transactions_no_block_check CHECK (((block_hash IS NULL) OR (status = ANY (ARRAY['mined'::text, 'final'::text, 'reverted'::text, 'replaced'::text])))),
    CONSTRAINT transactions_nonce_check CHECK ((nonce >= 0)),
    CONSTRAINT transactions_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 200))),
    CONSTRAINT transactions_refund_of_check CHECK (((length(refund_of) >= 1) AND (length(refund_of) <= 200))),
    CONSTRAINT transactions_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'allocated'::text, 'signed'::text, 'broadcast'::text, 'mined'::text, 'final'::text, 'reverted'::text, 'replaced'::text, 'refused'::text, 'unknown'::text]))),
    CONSTRAINT transactions_to_address_check CHECK ((length(to_address) = 20)),
    CONSTRAINT transactions_transaction_hash_check CHECK ((length(transaction_hash) = 32)),
    CONSTRAINT transactions_value_wei_check CHECK (((value_wei >= (0)::numeric) AND (value_wei < ((2)::numeric ^ (256)::numeric)))),
    CONSTRAINT transactions_waits_for_check CHECK (((length(waits_for) >= 1) AND (length(waits_for) <= 200))),
    CONSTRAINT transactions_when_fees_exceed_check CHECK ((when_fees_exceed = ANY (ARRAY['wait'::text, 'fail'::text]))),
    CONSTRAINT transactions_wish_check CHECK ((wish = ANY (ARRAY['replace'::text, 'cancel'::text]))),
    CONSTRAINT transactions_wish_reason_check CHECK (((length(wish_reason) >= 1) AND (length(wish_reason) <= 200)))
);
CREATE INDEX transactions_by_rule ON transactions USING btree (rule_id, created_at);
CREATE INDEX transactions_by_signer ON transactions USING btree (signer_id, id);
CREATE INDEX transactions_by_status ON transactions USING btree (status, id);
CREATE INDEX transactions_fee_bound ON transactions USING btree (signer_id, id) WHERE ((status = 'queued'::text) AND ((fee_per_gas_max_wei IS NOT NULL) OR (when_fees_exceed = 'fail'::text)));
CREATE INDEX transactions_in_flight ON transactions USING btree (signer_id, nonce) WHERE (status = ANY (ARRAY['allocated'::text, 'signed'::text, 'broadcast'::text, 'unknown'::text]));
CREATE INDEX transactions_mined ON transactions USING btree (chain_id, block_number, block_hash) WHERE (status = 'mined'::text);
CREATE INDEX transactions_to_send ON transactions USING btree (signer_id, nonce, id) WHERE (status = ANY (ARRAY['queued'::text, 'allocated'::text, 'signed'::text]));
CREATE UNIQUE INDEX transactions_nonce ON transactions USING btree (signer_id, nonce) WHERE (nonce IS NOT NULL);
CREATE UNIQUE INDEX transactions_refund ON transactions USING btree (refund_of) WHERE ((refund_of IS NOT NULL) AND (status <> ALL (ARRAY['refused'::text, 'replaced'::text, 'reverted'::text])));
CREATE TRIGGER transactions_return_share AFTER UPDATE OF status ON transactions FOR EACH ROW WHEN (((new.status <> old.status) AND ((new.status = 'queued'::text) OR ((new.finalized_at IS NOT NULL) AND (new.status <> ALL (ARRAY['final'::text, 'reverted'::text])))))) EXECUTE FUNCTION return_policy_share();

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
    CONSTRAINT wallets_kind_check CHECK ((kind = ANY (ARRAY['key'::text, 'contract'::text, 'embedded'::text])))
);
CREATE INDEX wallets_user ON wallets USING btree (user_id);

CREATE TABLE watched_wallets (
    address bytea NOT NULL,
    is_watched boolean NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT watched_wallets_pkey PRIMARY KEY (address),
    CONSTRAINT watched_wallets_address_check CHECK ((length(address) = 20))
);

CREATE VIEW authorization_state AS
SELECT s.id AS session_id,
    s.user_id AS subject,
    u.epoch,
    (s.revoked_at IS NOT NULL) AS is_revoked
   FROM (sessions s
     JOIN users u ON ((u.id = s.user_id)));

CREATE VIEW consenting_wallets AS
SELECT w.address,
    w.user_id,
    e.email_ciphertext
   FROM (wallets w
     JOIN embedded_wallets e ON ((e.address = w.address)));

CREATE VIEW linked_wallets AS
SELECT address,
    user_id,
    chain_id
   FROM wallets;

CREATE VIEW outbox_missing WITH (security_invoker=true) AS
SELECT o.id,
    c.consumer,
    d.status AS letter_status
   FROM ((outbox o
     CROSS JOIN LATERAL unnest(o.consumers) c(consumer))
     LEFT JOIN dead_letters d ON (((d.source = ('/'::text || o.room)) AND (d.id = (o.id)::text) AND (d.consumer = c.consumer))))
  WHERE ((o.done_at IS NULL) AND (d.status IS DISTINCT FROM 'discarded'::text) AND (NOT (EXISTS ( SELECT
           FROM inbox i
          WHERE ((i.consumer = c.consumer) AND (i.source = ('/'::text || o.room)) AND (i.id = (o.id)::text))))));

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

CREATE OR REPLACE FUNCTION public.purge_idempotency_keys(p_now timestamp with time zone, p_rows integer)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    WITH expired AS (
        DELETE FROM idempotency_keys WHERE (room, caller, key) IN (
            SELECT room, caller, key FROM idempotency_keys WHERE expires_at <= p_now LIMIT p_rows)
        RETURNING 1)
    SELECT count(*) FROM expired
$function$;

CREATE OR REPLACE FUNCTION public.return_policy_share()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
    share policy_shares;
BEGIN
    SELECT * INTO share FROM policy_shares
    WHERE transaction_id = NEW.id AND returned_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF NEW.finalized_at IS NOT NULL THEN
        PERFORM return_policy_usage(share, ARRAY['accepted', 'allocated']);
        UPDATE policy_shares SET returned_at = NEW.finalized_at WHERE transaction_id = NEW.id;
    ELSIF share.allocated_at IS NOT NULL THEN
        PERFORM return_policy_usage(share, ARRAY['allocated']);
        UPDATE policy_shares SET allocated_at = NULL WHERE transaction_id = NEW.id;
    END IF;
    RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.return_policy_usage(p_share policy_shares, p_phases text[])
 RETURNS void
 LANGUAGE sql
AS $function$
    UPDATE policy_usage AS used
    SET count = used.count - 1, value_wei = used.value_wei - p_share.value_wei,
        amount = used.amount - CASE WHEN used.scope_id = p_share.rule_id THEN p_share.amount ELSE 0 END
    WHERE used.scope_id IN (p_share.rule_id, p_share.signer_id) AND used.phase = ANY (p_phases)
        AND used.starts_at = date_bin(
            CASE used.period WHEN 'hour' THEN interval '1 minute' ELSE interval '15 minutes' END,
            CASE used.phase WHEN 'accepted' THEN p_share.accepted_at ELSE p_share.allocated_at END,
            'epoch'::timestamptz)
$function$;

CREATE OR REPLACE FUNCTION public.signing_pause_of(p_signer_id uuid, p_chain_id bigint)
 RETURNS SETOF signing_pauses
 LANGUAGE sql
 STABLE
AS $function$
    SELECT * FROM signing_pauses
    WHERE lifted_at IS NULL AND (scope = 'everything' OR chain_id = p_chain_id OR signer_id = p_signer_id)
    ORDER BY paused_at LIMIT 1
$function$;

GRANT EXECUTE ON FUNCTION append_audit TO auth;
GRANT EXECUTE ON FUNCTION append_audit TO jobs;
GRANT EXECUTE ON FUNCTION append_audit TO marketplace;
GRANT EXECUTE ON FUNCTION append_audit TO signing;
GRANT EXECUTE ON FUNCTION append_audit TO webhooks;
GRANT EXECUTE ON FUNCTION purge_idempotency_keys TO jobs;
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
GRANT DELETE, INSERT, SELECT ON chain_resync_logs TO marketplace;
GRANT INSERT, SELECT, UPDATE ON chain_resyncs TO marketplace;
GRANT INSERT, SELECT, UPDATE (backfilled_to, is_live) ON collections TO marketplace;
GRANT SELECT ON consenting_wallets TO signing;
GRANT INSERT, SELECT, UPDATE (reason, status, transaction_hash, transaction_id, updated_at) ON consents TO signing;
GRANT DELETE, INSERT, SELECT ON currency_approvals TO marketplace;
GRANT INSERT, SELECT, UPDATE ON currency_balances TO marketplace;
GRANT DELETE, INSERT, SELECT ON currency_transfers TO marketplace;
GRANT DELETE, INSERT, SELECT, UPDATE (changed_at, deaths, decided_by, decision, detail, due_at, reason, status) ON dead_letters TO jobs;
GRANT DELETE, INSERT, SELECT ON derived_changes TO marketplace;
GRANT INSERT, SELECT ON embedded_wallets TO auth;
GRANT INSERT, SELECT, UPDATE ON hooks TO marketplace;
GRANT INSERT, SELECT, UPDATE (response) ON idempotency_keys TO auth;
GRANT INSERT, SELECT (caller, expires_at, key, room), UPDATE (response) ON idempotency_keys TO jobs;
GRANT INSERT, SELECT, UPDATE (response) ON idempotency_keys TO marketplace;
GRANT INSERT, SELECT, UPDATE (response) ON idempotency_keys TO signing;
GRANT INSERT, SELECT, UPDATE (response) ON idempotency_keys TO webhooks;
GRANT INSERT, SELECT, UPDATE ON inbox TO auth;
GRANT DELETE, INSERT, SELECT (consumer, id, mark, source, taken_at, type) ON inbox TO jobs;
GRANT INSERT, SELECT, UPDATE ON inbox TO marketplace;
GRANT INSERT, SELECT, UPDATE ON inbox TO signing;
GRANT INSERT, SELECT, UPDATE ON inbox TO webhooks;
GRANT INSERT, SELECT, UPDATE (sequence, taken_at) ON inbox_heads TO auth;
GRANT DELETE, SELECT ON inbox_heads TO jobs;
GRANT INSERT, SELECT, UPDATE (sequence, taken_at) ON inbox_heads TO marketplace;
GRANT INSERT, SELECT, UPDATE (sequence, taken_at) ON inbox_heads TO signing;
GRANT INSERT, SELECT, UPDATE (sequence, taken_at) ON inbox_heads TO webhooks;
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
GRANT INSERT, SELECT, UPDATE (sent_at) ON outbox TO webhooks;
GRANT SELECT ON outbox_missing TO jobs;
GRANT INSERT, SELECT, UPDATE (approved_at, approved_by, effective_at, withdrawn_at, withdrawn_by) ON policies TO signing;
GRANT INSERT, SELECT, UPDATE ON policy_holds TO signing;
GRANT SELECT, UPDATE ON policy_revision TO signing;
GRANT INSERT, SELECT, UPDATE (allocated_at, returned_at) ON policy_shares TO signing;
GRANT DELETE, INSERT, SELECT, UPDATE ON policy_usage TO signing;
GRANT DELETE, INSERT, SELECT ON prepared_listings TO marketplace;
GRANT INSERT, SELECT, UPDATE ON purchases TO marketplace;
GRANT INSERT, SELECT, UPDATE (used_at) ON refresh_tokens TO auth;
GRANT INSERT, SELECT, UPDATE (checked_at, generation, reason, revoked_at, rotated_at) ON sessions TO auth;
GRANT DELETE, SELECT (expires_at, id) ON sessions TO jobs;
GRANT DELETE, INSERT, SELECT ON settlement_lines TO marketplace;
GRANT INSERT, SELECT, UPDATE ("........pg.dropped.5........", "........pg.dropped.6........", "........pg.dropped.7........", balance_low_at, name, next_nonce, settled_nonce) ON signers TO signing;
GRANT INSERT, SELECT, UPDATE ON signing_heads TO signing;
GRANT INSERT, SELECT, UPDATE (lifted_at, lifted_by) ON signing_pauses TO signing;
GRANT DELETE, INSERT, SELECT ON token_approvals TO marketplace;
GRANT DELETE, INSERT, SELECT, UPDATE ON token_balances TO marketplace;
GRANT DELETE, INSERT, SELECT ON token_transfers TO marketplace;
GRANT INSERT, SELECT, UPDATE (given_at, given_block, outcome) ON transaction_attempts TO signing;
GRANT INSERT, SELECT ON transaction_history TO signing;
GRANT INSERT, SELECT, UPDATE (block_hash, block_number, finalized_at, gas_price_wei, gas_used, nonce, reason, status, transaction_hash, updated_at, waits_for, wish, wish_reason) ON transactions TO signing;
GRANT DELETE, INSERT, SELECT ON user_roles TO auth;
GRANT INSERT, SELECT, UPDATE (epoch) ON users TO auth;
GRANT INSERT, SELECT, UPDATE (consumed_at) ON wallet_challenges TO auth;
GRANT DELETE, INSERT, SELECT ON wallets TO auth;
GRANT INSERT, SELECT, UPDATE (changed_at, is_watched) ON watched_wallets TO marketplace;
