-- The review station: how somebody came to have a field before them, and every answer once.

-- `asked`: it waits for a person; `golden`: its value is certain, and the answer only measures;
-- `again`: they settled it, and look at it once more.
alter table leases add column kind text not null default 'asked';

-- What clerks answered, without the values: so that an answer that is sent twice is taken once, so
-- that somebody can take back their own, and for how long they took.
create table answers (
    -- Made by the browser.
    id text not null,
    document_id text not null,
    name text not null,
    user_id text not null,
    kind text not null,
    -- From when it was shown until it was answered.
    seconds double precision not null,
    made_at text not null,
    constraint answers_pk primary key (id),
    constraint answers_document_fk foreign key (document_id) references documents (id),
    constraint answers_user_fk foreign key (user_id) references users (id),
    constraint answers_kind check (kind in ('asked', 'golden', 'again', 'referred'))
);

create index answers_of_field on answers (document_id, name, made_at);
create index answers_by_user on answers (user_id, made_at);
