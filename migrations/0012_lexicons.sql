-- The lists of names by which handprint was read, recorded as its digest; null for readings
-- from before there were any.
alter table readings add column lexicons text;
