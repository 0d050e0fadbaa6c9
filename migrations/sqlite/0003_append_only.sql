-- History is written once: the database itself refuses to change it.

create trigger events_refuse_update before update on events
begin
    select raise(abort, 'events are append-only');
end;

create trigger events_refuse_delete before delete on events
begin
    select raise(abort, 'events are append-only');
end;
