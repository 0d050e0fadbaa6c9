-- History is written once: the database itself refuses to change it.

create function events_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'events are append-only';
end;
$$;

create trigger events_refuse_change before update or delete on events
for each row execute function events_refuse();

create trigger events_refuse_truncate before truncate on events
for each statement execute function events_refuse();
