-- Files of a scanner's folder that could not be read there. Nothing is known of
-- them but their name: without their bytes they have no digest, and are no scans
-- yet. A row goes when its file can be read.

create table unreadable (
    -- What a decision about it is told by in the history.
    id text not null,
    -- Absolute; path is relative to it.
    folder text not null,
    path text not null,
    -- Why, as the last run found it, or 'discarded' when a person put it away.
    code text not null,
    reason text not null,
    seen_at text not null,
    constraint unreadable_pk primary key (id),
    constraint unreadable_file_once unique (folder, path)
);
