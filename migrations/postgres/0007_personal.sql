-- What a person wrote or is leaves the history that nobody may change, and lies
-- beside it, where it can be erased. An event keeps which field of what changed,
-- when, and by whom.

create table event_values (
    event_id text not null,
    -- JSON of the shape of the event's detail; a reader lays one over the other.
    detail text not null,
    constraint event_values_pk primary key (event_id)
);

insert into event_values (event_id, detail)
select id, detail from events
where kind in ('field_settled', 'customer_changed', 'document_moved', 'discarded');

-- This once, and for this alone.
alter table events disable trigger events_refuse_change;

update events
set detail = cast(cast(detail as jsonb) #- '{before,value}' #- '{after,value}' as text)
where kind = 'field_settled';

update events set detail = cast(cast(detail as jsonb) - 'before' - 'after' as text)
where kind = 'customer_changed';

update events set detail = cast(cast(detail as jsonb) - 'reason' as text)
where kind in ('document_moved', 'discarded');

alter table events enable trigger events_refuse_change;
