-- The search index over what was read, SQLite's own way: FTS5 over a table that
-- triggers keep it in step with.

create table searchable (
    id integer not null,
    document_id text not null,
    words text not null,
    constraint searchable_pk primary key (id),
    constraint searchable_document_once unique (document_id),
    constraint searchable_document_fk foreign key (document_id) references documents (id)
);

create virtual table search using fts5 (
    words,
    content = 'searchable',
    content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 0'
);

-- An erased letter must not linger in the index's old segments.
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
