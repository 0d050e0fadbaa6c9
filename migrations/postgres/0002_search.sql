-- The search index over what was read, PostgreSQL's own way: tsvector.

create table searchable (
    document_id text not null,
    words tsvector not null,
    constraint searchable_pk primary key (document_id),
    constraint searchable_document_fk foreign key (document_id) references documents (id)
);

create index searchable_by_words on searchable using gin (words);
