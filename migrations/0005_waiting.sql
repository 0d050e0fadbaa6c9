-- What waits keeps its day, and is told when its file is gone.

-- The day of receipt as it was first known, and how: a scan that is tried again
-- weeks later came in on the day it came in. Null on rows of older programs.
alter table scans add column received text;
alter table scans add column received_origin text;

-- When a run first missed the file of what is set aside: its folder has no such
-- bytes under that name any more.
alter table scans add column gone_at text;
alter table unreadable add column gone_at text;

-- What cannot be read as print waits for a person too, until one has settled a
-- field of it.
update documents set in_review = 1
where legibility = 'unreadable' and not exists
    (select 1 from fields where document_id = documents.id and settled_by is not null);
