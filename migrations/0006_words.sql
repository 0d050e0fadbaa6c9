-- Both databases find the same words now, because the program splits the text
-- before either sees it. What was indexed before waits here for the next opening,
-- which indexes it anew and takes it off the list.

create table to_index (
    document_id text not null,
    constraint to_index_pk primary key (document_id)
);

insert into to_index (document_id) select document_id from searchable;
