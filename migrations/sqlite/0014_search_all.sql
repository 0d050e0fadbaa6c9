-- One search over letters, cards, messages, replies and notes: what is found has a kind.
-- The index is made anew from what it held; its rowids are those of the new table.

drop trigger searchable_inserted;
drop trigger searchable_deleted;
drop trigger searchable_updated;
drop table search;

create table searchable_before as select document_id, words from searchable;
drop table searchable;

create table searchable (
    id integer not null,
    -- 'letter', 'card', 'message', 'reply', 'note'.
    kind text not null,
    -- The id of that, the case that it lies on, and its day of receipt or writing.
    subject text not null,
    case_number bigint,
    day text not null,
    words text not null,
    constraint searchable_pk primary key (id),
    constraint searchable_subject_once unique (subject)
);

create virtual table search using fts5 (
    words,
    content = 'searchable',
    content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 0'
);

-- What was erased must not linger in the index's old segments.
insert into search (search, rank) values ('secure-delete', 1);

create trigger searchable_inserted after insert on searchable
begin
    insert into search (rowid, words) values (new.id, new.words);
end;

-- FTS5 forgets a row only when it is told the words it learnt it by.
create trigger searchable_deleted after delete on searchable
begin
    insert into search (search, rowid, words) values ('delete', old.id, old.words);
end;

create trigger searchable_updated after update on searchable
begin
    insert into search (search, rowid, words) values ('delete', old.id, old.words);
    insert into search (rowid, words) values (new.id, new.words);
end;

insert into searchable (kind, subject, case_number, day, words)
select documents.kind, documents.id, documents.case_number, documents.received,
       searchable_before.words
from searchable_before join documents on documents.id = searchable_before.document_id
order by documents.id;

drop table searchable_before;
