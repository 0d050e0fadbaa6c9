-- What a field of a card may say beside its value, what the machine had made of it before
-- a person decided, and what keying it again without a look at that found.

-- [["LS6 3HN", 0.62], ...], best first.
alter table card_fields add column alternatives text not null default '[]';
-- The numbers of the doubtful boxes, from 1: [3, 7].
alter table card_fields add column doubtful text not null default '[]';

-- The machine's own reading, whatever a person decided since.
alter table card_fields add column machine_value text;
alter table card_fields add column machine_probability double precision not null default 0
    constraint card_fields_machine_range check (machine_probability between 0 and 1);
alter table card_fields add column machine_verdict text not null default 'review'
    constraint card_fields_machine_verdict_known
        check (machine_verdict in ('accepted', 'review', 'empty'));
-- 1 where what a person says of it is that reading, 0 where not; null while nobody has
-- said anything.
alter table card_fields add column agrees bigint
    constraint card_fields_agrees_flag check (agrees in (0, 1));

-- Programs before this one read no handprint: whatever was not empty went to a person.
update card_fields set machine_verdict = 'empty' where verdict = 'empty' and settled_by is null;

-- 1 where the lot fell on this card when it was filed: its accepted fields are keyed
-- again by a person who does not see their values, and it counts in the samples by which
-- thresholds are certified.
alter table documents add column drawn bigint not null default 0
    constraint documents_drawn_flag check (drawn in (0, 1));

create index documents_drawn on documents (id) where drawn = 1;

-- What people keyed who did not see the machine's value.
create table rekeyings (
    document_id text not null,
    -- The field of the card.
    name text not null,
    -- Null where they found it unreadable.
    value text,
    -- 1 where it is the value that was accepted; 0 sends the field to a second person.
    agrees bigint not null,
    keyed_by text not null,
    keyed_at text not null,
    constraint rekeyings_pk primary key (document_id, name),
    constraint rekeyings_field_fk
        foreign key (document_id, name) references card_fields (document_id, name),
    constraint rekeyings_flags check (agrees in (0, 1))
);

-- What the lots are drawn by: one line, made when the first is drawn. Who knows it can
-- tell which cards will be looked at, so it is never printed.
create table secrets (
    name text not null,
    value text not null,
    constraint secrets_pk primary key (name)
);

-- The network that read the handprint, and the thresholds that its readings were judged
-- by; unknown for readings of older programs, and where there were none.
alter table readings add column handprint text;
alter table readings add column thresholds text;
