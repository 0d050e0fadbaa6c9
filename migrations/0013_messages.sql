-- E-mail beside paper, and the work on a case: messages, replies, tasks, notes; who
-- customers are beyond one letter.

-- Every message that was taken in. Its bytes as they came are a blob; what is attached to it
-- is taken out of them when it is asked for.
create table messages (
    id text not null,
    state text not null,
    -- Where it was taken from: a path, 'post.mbox#12', 'imap.example.com/INBOX;uid=7'.
    origin text not null,
    -- Of its bytes.
    digest text not null,
    -- Of what it says, however it came; null where it could not be read.
    content text,
    -- The Message-ID without its brackets, where it has one.
    message_id text,
    from_name text,
    -- As written, and in small letters to be found by.
    from_address text,
    from_key text,
    -- To and Cc for people: 'Customer Care <care@example.com>, ...'
    recipients text not null,
    subject text not null,
    -- Without 'Re:' and the like, small letters: what one exchange has in common.
    subject_key text not null,
    sent_at text,
    -- Why nobody answers it by itself: 'bounce', 'auto_reply', 'list', 'bulk'; null where a person wrote it.
    automatic text,
    taken_at text not null,
    -- Why it was set aside.
    code text,
    reason text,
    -- Of which message it is a copy.
    copy_of text,
    -- Where it lies and why, and what the rules made of it: as with documents.
    case_number bigint,
    attached_by text,
    attached_why text,
    received text,
    received_origin text,
    -- What a person reads, without its markup.
    text text,
    topic text,
    topic_why text,
    priority text,
    priority_why text,
    team text,
    team_why text,
    deadline text,
    deadline_why text,
    constraint messages_pk primary key (id),
    constraint messages_bytes_once unique (digest),
    constraint messages_case_fk foreign key (case_number) references cases (number),
    constraint messages_copy_of_fk foreign key (copy_of) references messages (id),
    constraint messages_state_known check (state in ('filed', 'duplicate', 'set_aside')),
    constraint messages_filed_is_whole check ((state = 'filed') =
        (case_number is not null and attached_by is not null and text is not null
         and received is not null and topic is not null and deadline is not null)),
    constraint messages_aside_has_code check ((state = 'set_aside') = (code is not null)),
    constraint messages_duplicate_has_twin check ((state = 'duplicate') = (copy_of is not null))
);

create index messages_by_message_id on messages (message_id);
create index messages_by_content on messages (content);
create index messages_by_case on messages (case_number);
create index messages_by_sender on messages (from_key, subject_key);

-- What a message answers, so that an answer that came before its question finds it.
create table message_references (
    message text not null,
    reference text not null,
    constraint message_references_pk primary key (message, reference),
    constraint message_references_message_fk foreign key (message) references messages (id)
);

create index message_references_by_reference on message_references (reference);

create table attachments (
    message text not null,
    -- From 1, in the message's order.
    number bigint not null,
    name text not null,
    media text not null,
    bytes bigint not null,
    -- 'waiting' to be read as a scan, 'read', 'kept' unread, or 'set_aside'.
    state text not null,
    -- Why it was not read.
    why text,
    -- The scan that it was read as.
    scan_id text,
    constraint attachments_pk primary key (message, number),
    constraint attachments_message_fk foreign key (message) references messages (id),
    constraint attachments_scan_fk foreign key (scan_id) references scans (id),
    constraint attachments_state_known check (state in ('waiting', 'read', 'kept', 'set_aside')),
    constraint attachments_read_is_a_scan check ((state = 'read') = (scan_id is not null))
);

create index attachments_waiting on attachments (message, number) where state = 'waiting';

-- Where a mailbox was read up to.
create table mailboxes (
    -- 'user@imap.example.com/INBOX'
    name text not null,
    -- UIDs count anew when this changes (RFC 9051, 2.3.1.1).
    uid_validity bigint not null,
    last_uid bigint not null,
    fetched_at text not null,
    constraint mailboxes_pk primary key (name)
);

-- What we wrote to customers: the outbox, and what it was when it is gone.
create table replies (
    id text not null,
    case_number bigint not null,
    -- 'acknowledgement', 'reply', 'call_back', 'status'.
    kind text not null,
    -- 'email' or 'post'.
    channel text not null,
    template text not null,
    language text not null,
    subject text not null,
    body text not null,
    -- The e-mail address, or the lines of the postal one.
    to_name text not null,
    to_address text not null,
    -- Of e-mail: the Message-ID, which stays through every attempt, and what it answers.
    message_id text,
    in_reply_to text,
    state text not null,
    attempts bigint not null default 0,
    -- When it may be tried again.
    due_at text not null,
    -- What the last attempt came to.
    trouble text,
    made_at text not null,
    made_by text not null,
    sent_at text,
    -- The bytes as they left: a message, or a letter as PDF.
    digest text,
    constraint replies_pk primary key (id),
    constraint replies_case_fk foreign key (case_number) references cases (number),
    constraint replies_message_id_once unique (message_id),
    constraint replies_kind_known check (kind in ('acknowledgement', 'reply', 'call_back', 'status')),
    constraint replies_channel_known check (channel in ('email', 'post')),
    constraint replies_state_known check (state in ('waiting', 'sent', 'failed', 'withdrawn')),
    constraint replies_sent_has_bytes check ((state = 'sent') = (sent_at is not null and digest is not null)),
    constraint replies_email_has_id check ((channel = 'email') = (message_id is not null))
);

create index replies_by_case on replies (case_number);
create index replies_waiting on replies (due_at) where state = 'waiting';
create index replies_by_recipient on replies (to_address, made_at);

create table tasks (
    id text not null,
    case_number bigint not null,
    -- 'reply', 'call_back', 'follow_up', 'print_and_post'.
    kind text not null,
    what text not null,
    -- Who does it; null while nobody has taken it.
    owner text,
    due text not null,
    state text not null,
    -- Times that it was put to somebody higher.
    escalated bigint not null default 0,
    made_at text not null,
    made_by text not null,
    done_at text,
    done_by text,
    constraint tasks_pk primary key (id),
    constraint tasks_case_fk foreign key (case_number) references cases (number),
    constraint tasks_kind_known check (kind in ('reply', 'call_back', 'follow_up', 'print_and_post')),
    constraint tasks_state_known check (state in ('open', 'done', 'dropped')),
    constraint tasks_ended_has_time check ((state = 'open') = (done_at is null))
);

create index tasks_by_case on tasks (case_number);
create index tasks_open on tasks (due) where state = 'open';

-- What people write on a case, or on a place of a page (W3C Web Annotation: a box and a text).
create table notes (
    id text not null,
    case_number bigint not null,
    document_id text,
    page bigint,
    x bigint,
    y bigint,
    w bigint,
    h bigint,
    text text not null,
    made_at text not null,
    made_by text not null,
    constraint notes_pk primary key (id),
    constraint notes_case_fk foreign key (case_number) references cases (number),
    constraint notes_document_fk foreign key (document_id) references documents (id),
    constraint notes_place_whole check (
        (page is null) = (x is null) and (page is null) = (y is null)
        and (page is null) = (w is null) and (page is null) = (h is null)
        and (page is null or document_id is not null))
);

create index notes_by_case on notes (case_number);
create index notes_by_document on notes (document_id);

-- Who answers, and how far a case is.
alter table cases add column owner text;
-- When the customer last had an answer of ours that was no acknowledgement.
alter table cases add column answered_at text;
-- When they were told that we have their letter; 'not wanted: ...' where nobody is told.
alter table cases add column acknowledged text;
alter table cases add column closed_at text;
alter table cases add column archived_at text;
-- 1 where the customer asked to be told when the case moves.
alter table cases add column tells bigint not null default 0
    constraint cases_tells_flag check (tells in (0, 1));

create index cases_by_team on cases (team, state, deadline);
create index cases_unacknowledged on cases (number) where acknowledged is null;

-- Cases from before there were acknowledgements get none.
update cases set acknowledged = 'not wanted: opened before there were acknowledgements';

-- The number by which they are known to the company, and how important they are to it.
alter table customers add column number text;
alter table customers add column tier text;
-- The customer that this one turned out to be.
alter table customers add column same_as text;

create unique index customers_by_number on customers (number);
create index customers_by_phone on customers (phone);

-- Every address that a customer has written from, in small letters. One address may be a family's.
create table customer_addresses (
    address text not null,
    customer_id text not null,
    -- 'letter', 'card', 'message', 'import', 'person': how it became known.
    source text not null,
    constraint customer_addresses_pk primary key (address, customer_id),
    constraint customer_addresses_customer_fk foreign key (customer_id) references customers (id)
);

create index customer_addresses_by_customer on customer_addresses (customer_id);

insert into customer_addresses (address, customer_id, source)
select distinct lower(email), id, 'letter' from customers where email is not null;

-- Two records that were one person: what was moved, so that it can be taken back.
create table merges (
    id text not null,
    kept text not null,
    gone text not null,
    -- JSON: the cases, documents and addresses that went from one to the other.
    moved text not null,
    reason text not null,
    made_at text not null,
    made_by text not null,
    undone_at text,
    undone_by text,
    constraint merges_pk primary key (id),
    constraint merges_kept_fk foreign key (kept) references customers (id),
    constraint merges_gone_fk foreign key (gone) references customers (id)
);
