-- What of a message was not kept before, and messages on a server that could not be had yet.

-- Addressees beyond those that are listed.
alter table messages add column more_recipients bigint not null default 0;
-- Where its sender wants answers, where that is another address than the one it comes from.
alter table messages add column reply_to text;
-- Why they do not go there; null where they do.
alter table messages add column reply_to_unused text;

create index messages_by_reply_to on messages (from_key, reply_to);

create table mailbox_troubles (
    -- As in mailboxes.
    mailbox text not null,
    uid_validity bigint not null,
    uid bigint not null,
    -- What the server said last.
    reason text not null,
    -- How often it was tried.
    attempts bigint not null,
    tried_at text not null,
    constraint mailbox_troubles_pk primary key (mailbox, uid_validity, uid)
);
