-- The model of topics that may have helped the rules, recorded as its digest; null where none did, and
-- for readings from before there was one.
alter table readings add column classifier text;
