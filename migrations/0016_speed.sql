-- What is looked up often in a store of a hundred thousand cases.

-- However an address is written, it is one mailbox.
create index replies_by_mailbox on replies (lower(to_address), made_at);

-- The few of many.
create index messages_aside on messages (id) where state = 'set_aside';
create index replies_in_trouble on replies (id)
where state = 'failed' or (state = 'waiting' and trouble is not null);
create index cases_to_archive on cases (closed_at) where state = 'closed' and archived_at is null;
create index tasks_by_owner on tasks (owner, due) where state = 'open';
