-- Records of one person keep what is their own, so that parting them gives each back all of it;
-- what a person typed of a customer stays; notes are changed and taken away with their history.

-- Who a record is: itself, or the record at the end of its `same_as`.
alter table customers add column person_id text;

update customers set person_id = (
    with recursive up (id, same_as) as (
        select own.id, own.same_as from customers as own where own.id = customers.id
        union all
        select next.id, next.same_as from customers as next join up on next.id = up.same_as
    )
    select up.id from up where up.same_as is null
);

create index customers_by_person on customers (person_id);

-- By which record a case and a card came. `customer_id` is who that is now.
alter table cases add column record_id text;
alter table documents add column record_id text;

-- Of what was moved when records were joined, the first joining knows whose it was.
update cases set record_id = coalesce((
    select merges.gone from merges
    where merges.undone_at is null
      and replace(merges.moved, '"' || cast(cases.number as text) || '"', '') <> merges.moved
    order by merges.id limit 1
), customer_id) where customer_id is not null;

update documents set record_id = coalesce((
    select merges.gone from merges
    where merges.undone_at is null
      and replace(merges.moved, '"' || documents.id || '"', '') <> merges.moved
    order by merges.id limit 1
), customer_id) where customer_id is not null;

create index cases_by_record on cases (record_id);
create index documents_by_record on documents (record_id);

-- The addresses that were copied then are found by the record that they are of.
delete from customer_addresses where exists (
    select 1 from merges
    where merges.undone_at is null and merges.kept = customer_addresses.customer_id
      and replace(merges.moved, '"' || customer_addresses.address || '"', '') <> merges.moved
);

-- What a person typed of a customer: no list, letter or card changes it.
create table typed_particulars (
    customer_id text not null,
    -- 'name', 'title', 'street', 'town', 'postcode', 'email', 'phone', 'tier'.
    particular text not null,
    -- What a list, a letter or a card has said since, where that is something else.
    otherwise text,
    typed_at text not null,
    typed_by text not null,
    constraint typed_particulars_pk primary key (customer_id, particular),
    constraint typed_particulars_customer_fk foreign key (customer_id) references customers (id)
);

alter table notes add column changed_at text;
alter table notes add column changed_by text;
-- A note that was taken away is kept, and shown to nobody.
alter table notes add column removed_at text;
alter table notes add column removed_by text;
