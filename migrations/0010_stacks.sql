-- Documents that go on in the next file of a stack.

-- The number by which a document in another scan than its page's names the page: numbers
-- count on from the scan in which the document begins. Null where that is the page's own
-- scan, and its own number is meant.
alter table pages add column sheet bigint;

-- Why nobody knows where the document begins or ends; null as a rule.
alter table documents add column torn text;
