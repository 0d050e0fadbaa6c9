-- The foundation, one text for SQLite and PostgreSQL.
--
-- Only text, bigint and double precision: what both have under the same name
-- and what sqlx's Any driver reads alike. So hashes are hex text, flags are
-- bigint 0 or 1, days are 'YYYY-MM-DD' and times are UTC text of one length
-- ('2026-11-22T01:02:03.000004Z'), which sorts as it reads. Record ids are
-- UUIDs of version 7 in text, which sort by age.

-- One row a kind of number that is given out without gaps. Taking the row also
-- makes writers wait for each other, so that two letters of one customer never
-- open two cases at the same moment.
create table counters (
    name text not null,
    value bigint not null,
    constraint counters_pk primary key (name)
);

insert into counters (name, value) values ('batch', 0), ('case', 0);

create table batches (
    id text not null,
    number bigint not null,
    folder text not null,
    begun_at text not null,
    finished_at text,
    -- The run's summary as JSON, exactly as it was printed.
    summary text,
    constraint batches_pk primary key (id),
    constraint batches_number_once unique (number)
);

-- An unfinished batch is resumed, so a folder has one at most.
create unique index batches_one_unfinished_a_folder on batches (folder) where finished_at is null;

create table scans (
    id text not null,
    batch_id text not null,
    -- Absolute; path is relative to it.
    folder text not null,
    path text not null,
    -- Of the source file's bytes.
    digest text not null,
    bytes bigint not null,
    state text not null,
    -- Why it was set aside or discarded.
    code text,
    reason text,
    duplicate_of text,
    -- How many pages it has, known once it is filed.
    pages bigint,
    claimed_at text not null,
    settled_at text,
    constraint scans_pk primary key (id),
    constraint scans_batch_fk foreign key (batch_id) references batches (id),
    constraint scans_duplicate_of_fk foreign key (duplicate_of) references scans (id),
    -- Claiming a scan is inserting this row: the same file is never taken in twice.
    constraint scans_file_once unique (folder, path, digest),
    constraint scans_state_known check (state in ('claimed', 'filed', 'duplicate', 'set_aside', 'discarded')),
    constraint scans_filed_has_pages check ((state = 'filed') = (pages is not null)),
    constraint scans_aside_has_code check ((state in ('set_aside', 'discarded')) = (code is not null)),
    constraint scans_duplicate_has_twin check ((state = 'duplicate') = (duplicate_of is not null))
);

create index scans_by_digest on scans (digest);
create index scans_by_batch on scans (batch_id, state);

-- What is kept in the blob store, and how many pages point to it.
create table blobs (
    digest text not null,
    media text not null,
    bytes bigint not null,
    refs bigint not null,
    stored_at text not null,
    constraint blobs_pk primary key (digest),
    constraint blobs_refs_not_negative check (refs >= 0)
);

-- A person who writes. The keys are what letters are matched by: the postcode
-- without its space, the house of the street, the surname in small letters;
-- the flags say whether the values behind them were accepted or are in review.
create table customers (
    id text not null,
    name text not null,
    title text,
    street text,
    town text,
    postcode text,
    email text,
    phone text,
    postcode_key text not null,
    house_key text not null,
    surname_key text not null,
    postcode_sure bigint not null,
    surname_sure bigint not null,
    made_at text not null,
    constraint customers_pk primary key (id),
    constraint customers_flags check (postcode_sure in (0, 1) and surname_sure in (0, 1))
);

create index customers_by_house on customers (postcode_key, house_key);

create table cases (
    number bigint not null,
    -- The number with its check digits, as people type it.
    reference text not null,
    state text not null,
    -- Nobody is known when the letter could not be read.
    customer_id text,
    topic text not null,
    team text not null,
    priority text not null,
    deadline text not null,
    opened_at text not null,
    constraint cases_pk primary key (number),
    constraint cases_reference_once unique (reference),
    constraint cases_customer_fk foreign key (customer_id) references customers (id),
    constraint cases_state_known check (state in ('open', 'closed'))
);

create index cases_by_customer on cases (customer_id);
create index cases_by_deadline on cases (state, deadline);

create table documents (
    id text not null,
    scan_id text not null,
    -- 1, 2, ... within the scan.
    ordinal bigint not null,
    case_number bigint not null,
    attached_by text not null,
    attached_why text not null,
    received text not null,
    received_origin text not null,
    legibility text not null,
    -- The lines as read, a form feed between pages.
    text text not null,
    topic text not null,
    topic_why text not null,
    priority text not null,
    priority_why text not null,
    team text not null,
    team_why text not null,
    deadline text not null,
    deadline_why text not null,
    -- 1 while a field is in review or a page is missing.
    in_review bigint not null,
    filed_at text not null,
    constraint documents_pk primary key (id),
    constraint documents_scan_fk foreign key (scan_id) references scans (id),
    constraint documents_case_fk foreign key (case_number) references cases (number),
    constraint documents_once_in_scan unique (scan_id, ordinal),
    constraint documents_flags check (in_review in (0, 1))
);

create index documents_by_case on documents (case_number);

-- What made a document's reading, so that it can be told which readings an
-- error in a model, a rule or a gazetteer has touched.
create table readings (
    document_id text not null,
    read_at text not null,
    model text not null,
    rules text not null,
    gazetteer text not null,
    program text not null,
    constraint readings_pk primary key (document_id, read_at),
    constraint readings_document_fk foreign key (document_id) references documents (id)
);

-- Every page of every filed scan: read (kind) or set aside (aside_code).
create table pages (
    scan_id text not null,
    -- From 1, in scan order.
    number bigint not null,
    -- The document that it belongs to and its place there, from 1.
    document_id text,
    position bigint,
    kind text,
    aside_code text,
    aside_reason text,
    -- As the scanner encoded it, never encoded again.
    original text,
    -- What people see; null when the original serves.
    display text,
    width bigint,
    height bigint,
    dpi bigint,
    -- Degrees clockwise.
    turn bigint,
    -- Degrees before it was straightened.
    skew double precision,
    -- [[block, [[text, confidence, x, y, w, h], ...]], ...]
    words text,
    constraint pages_pk primary key (scan_id, number),
    constraint pages_scan_fk foreign key (scan_id) references scans (id),
    constraint pages_document_fk foreign key (document_id) references documents (id),
    constraint pages_original_fk foreign key (original) references blobs (digest),
    constraint pages_display_fk foreign key (display) references blobs (digest),
    constraint pages_read_or_aside check ((kind is null) <> (aside_code is null)),
    constraint pages_read_is_kept check ((kind is null) = (original is null)),
    constraint pages_placed_in_document check ((document_id is null) = (position is null))
);

create index pages_by_document on pages (document_id, position);
create index pages_by_original on pages (original);
create index pages_by_display on pages (display);
create index pages_aside on pages (aside_code) where aside_code is not null;

create table fields (
    document_id text not null,
    name text not null,
    as_read text,
    value text,
    probability double precision not null,
    verdict text not null,
    reason text not null,
    -- The box on the image of a page of the scan.
    page bigint,
    x bigint,
    y bigint,
    w bigint,
    h bigint,
    -- Who settled it; null while it is the machine's own reading.
    settled_by text,
    constraint fields_pk primary key (document_id, name),
    constraint fields_document_fk foreign key (document_id) references documents (id),
    constraint fields_verdict_known check (verdict in ('accepted', 'review', 'rejected', 'empty')),
    constraint fields_accepted_has_value check (verdict <> 'accepted' or value is not null),
    constraint fields_probability_range check (probability between 0 and 1)
);

create index fields_in_review on fields (document_id, name) where verdict = 'review';

-- Everything that ever happened, append-only. No foreign keys on purpose: an
-- event stays true when what it tells of is gone.
create table events (
    id text not null,
    at text not null,
    actor text not null,
    kind text not null,
    -- What it is about, as far as each applies.
    case_number bigint,
    document_id text,
    scan_id text,
    -- JSON, with what was before and what is after.
    detail text not null,
    constraint events_pk primary key (id)
);

create index events_by_case on events (case_number, id);
create index events_by_document on events (document_id, id);
create index events_by_scan on events (scan_id, id);
