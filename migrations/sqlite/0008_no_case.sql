-- A card lies on no case unless it needs an answer: a document has a kind, and may
-- have no case. SQLite takes no "not null" away, so the table is made anew. Rows that
-- refer to it hold on to their ids; whether every one is there again is looked at when
-- this is committed.

pragma defer_foreign_keys = on;

create table documents_before as select * from documents;

drop table documents;

create table documents (
    id text not null,
    scan_id text not null,
    -- 1, 2, ... within the scan.
    ordinal bigint not null,
    -- 'letter' or 'card'.
    kind text not null,
    -- The case, and why it lies there; all three are null for a card without one.
    case_number bigint,
    attached_by text,
    attached_why text,
    -- Whose card it is, where that is known; a letter's customer is its case's.
    customer_id text,
    received text not null,
    received_origin text not null,
    legibility text not null,
    -- The lines as read, a form feed between pages; a card has none.
    text text not null,
    topic text not null,
    topic_why text not null,
    priority text not null,
    priority_why text not null,
    team text not null,
    team_why text not null,
    deadline text not null,
    deadline_why text not null,
    -- 1 while a field or a tick is in review or a page is missing.
    in_review bigint not null,
    filed_at text not null,
    constraint documents_pk primary key (id),
    constraint documents_scan_fk foreign key (scan_id) references scans (id),
    constraint documents_case_fk foreign key (case_number) references cases (number),
    constraint documents_customer_fk foreign key (customer_id) references customers (id),
    constraint documents_once_in_scan unique (scan_id, ordinal),
    constraint documents_flags check (in_review in (0, 1)),
    constraint documents_kind_known check (kind in ('letter', 'card')),
    constraint documents_letter_has_case check (kind <> 'letter' or case_number is not null),
    constraint documents_case_has_reason check (
        (case_number is null) = (attached_by is null)
        and (case_number is null) = (attached_why is null))
);

insert into documents (id, scan_id, ordinal, kind, case_number, attached_by, attached_why,
                       received, received_origin, legibility, text, topic, topic_why,
                       priority, priority_why, team, team_why, deadline, deadline_why,
                       in_review, filed_at)
select id, scan_id, ordinal, 'letter', case_number, attached_by, attached_why,
       received, received_origin, legibility, text, topic, topic_why,
       priority, priority_why, team, team_why, deadline, deadline_why,
       in_review, filed_at
from documents_before;

drop table documents_before;

create index documents_by_case on documents (case_number);
create index documents_by_customer on documents (customer_id);
