-- A card lies on no case unless it needs an answer: a document has a kind, and may
-- have no case.

alter table documents alter column case_number drop not null;
alter table documents alter column attached_by drop not null;
alter table documents alter column attached_why drop not null;

-- 'letter' or 'card'.
alter table documents add column kind text not null default 'letter';
alter table documents alter column kind drop default;

-- Whose card it is, where that is known; a letter's customer is its case's.
alter table documents add column customer_id text;

alter table documents add constraint documents_customer_fk
    foreign key (customer_id) references customers (id);
alter table documents add constraint documents_kind_known check (kind in ('letter', 'card'));
alter table documents add constraint documents_letter_has_case
    check (kind <> 'letter' or case_number is not null);
-- The case, and why it lies there; all three are null for a card without one.
alter table documents add constraint documents_case_has_reason check (
    (case_number is null) = (attached_by is null)
    and (case_number is null) = (attached_why is null));

create index documents_by_customer on documents (customer_id);
