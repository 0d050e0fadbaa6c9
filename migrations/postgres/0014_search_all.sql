-- One search over letters, cards, messages, replies and notes: what is found has a kind.

alter table searchable drop constraint searchable_document_fk;
alter table searchable rename column document_id to subject;

-- 'letter', 'card', 'message', 'reply', 'note'.
alter table searchable add column kind text not null default 'letter';
-- The case that it lies on, and its day of receipt or writing.
alter table searchable add column case_number bigint;
alter table searchable add column day text not null default '';
update searchable set kind = documents.kind, case_number = documents.case_number,
                      day = documents.received
from documents where documents.id = searchable.subject;
alter table searchable alter column kind drop default;
alter table searchable alter column day drop default;

create index searchable_by_day on searchable (day);
