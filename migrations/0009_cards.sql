-- What is read off cards: their sides, what is written in boxes, ticked and signed.

-- The form files that a reading was made by; unknown for readings of older programs.
alter table readings add column forms text;

-- One row for each page that is a side of a card.
create table card_sides (
    document_id text not null,
    -- The page's number in its scan.
    page bigint not null,
    form text not null,
    version bigint not null,
    -- 1, 2, ... on the form.
    side bigint not null,
    -- 'code' or 'marks': what told which form it is.
    recognised text not null,
    -- How far the print lies from where the form says, at its worst.
    residual_mm double precision not null,
    constraint card_sides_pk primary key (document_id, page),
    constraint card_sides_document_fk foreign key (document_id) references documents (id),
    constraint card_sides_once unique (document_id, side)
);

create table card_fields (
    document_id text not null,
    -- As the form calls it.
    name text not null,
    -- What is written in it: surname, postcode, free_text, ...
    kind text not null,
    as_read text,
    value text,
    probability double precision not null,
    verdict text not null,
    reason text not null,
    -- The whole field on the image of a page of the scan.
    page bigint not null,
    x bigint not null,
    y bigint not null,
    w bigint not null,
    h bigint not null,
    -- [[x, y, w, h, "written"], ...] in writing order.
    boxes text not null,
    -- Who settled it; null while it is the machine's own reading.
    settled_by text,
    constraint card_fields_pk primary key (document_id, name),
    constraint card_fields_document_fk foreign key (document_id) references documents (id),
    constraint card_fields_verdict_known
        check (verdict in ('accepted', 'review', 'rejected', 'empty')),
    constraint card_fields_accepted_has_value check (verdict <> 'accepted' or value is not null),
    constraint card_fields_probability_range check (probability between 0 and 1)
);

create index card_fields_in_review on card_fields (document_id, name) where verdict = 'review';

create table ticks (
    document_id text not null,
    name text not null,
    -- What the machine saw, whatever a person decided since.
    as_read text not null,
    state text not null,
    probability double precision not null,
    verdict text not null,
    reason text not null,
    page bigint not null,
    x bigint not null,
    y bigint not null,
    w bigint not null,
    h bigint not null,
    -- The evidence of a consent: what for, by which channels ('post email'), and the
    -- words that the customer saw. It is given only where the state is 'marked' and the
    -- verdict 'accepted'.
    consent_purpose text,
    consent_channels text,
    consent_wording text,
    settled_by text,
    constraint ticks_pk primary key (document_id, name),
    constraint ticks_document_fk foreign key (document_id) references documents (id),
    constraint ticks_states_known check (
        state in ('empty', 'marked', 'corrected', 'unsure')
        and as_read in ('empty', 'marked', 'corrected', 'unsure')),
    constraint ticks_verdict_known check (verdict in ('accepted', 'review', 'rejected', 'empty')),
    constraint ticks_unsure_is_not_accepted check (verdict <> 'accepted' or state <> 'unsure'),
    constraint ticks_probability_range check (probability between 0 and 1),
    constraint ticks_consent_whole check (
        (consent_purpose is null) = (consent_channels is null)
        and (consent_purpose is null) = (consent_wording is null))
);

create index ticks_in_review on ticks (document_id, name) where verdict = 'review';

create table signatures (
    document_id text not null,
    name text not null,
    signed bigint not null,
    page bigint not null,
    x bigint not null,
    y bigint not null,
    w bigint not null,
    h bigint not null,
    constraint signatures_pk primary key (document_id, name),
    constraint signatures_document_fk foreign key (document_id) references documents (id),
    constraint signatures_flags check (signed in (0, 1))
);
