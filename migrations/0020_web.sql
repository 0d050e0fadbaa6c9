-- Who works here, who is signed in, what they have before them, and the chain that holds
-- history together.

-- A person who signs in.
create table users (
    id text not null,
    -- What they type: small letters, digits, dots, hyphens.
    name text not null,
    -- What others see.
    display text not null,
    -- Argon2id in PHC form, with its salt and costs.
    password text not null,
    -- 1 while the password is one that somebody else gave them: it only serves to choose another.
    one_time bigint not null,
    -- 1 when they may no longer sign in.
    barred bigint not null,
    -- 1 when they see the cases of all teams, whatever stands in user_teams.
    all_teams bigint not null,
    -- The review station's keys where they are their own; JSON.
    keys text,
    made_at text not null,
    -- When they last signed in.
    seen_at text,
    constraint users_pk primary key (id),
    constraint users_name_once unique (name),
    constraint users_flags check (one_time in (0, 1) and barred in (0, 1) and all_teams in (0, 1))
);

create table user_roles (
    user_id text not null,
    role text not null,
    constraint user_roles_pk primary key (user_id, role),
    constraint user_roles_user_fk foreign key (user_id) references users (id),
    constraint user_roles_known check (role in
        ('operator', 'clerk', 'agent', 'marketing', 'supervisor', 'admin'))
);

create table user_teams (
    user_id text not null,
    team text not null,
    constraint user_teams_pk primary key (user_id, team),
    constraint user_teams_user_fk foreign key (user_id) references users (id)
);

-- Who is signed in. The cookie holds a secret; here is its hash alone.
create table sessions (
    digest text not null,
    user_id text not null,
    begun_at text not null,
    -- Moved on while somebody is at work.
    ends_at text not null,
    constraint sessions_pk primary key (digest),
    constraint sessions_user_fk foreign key (user_id) references users (id)
);

create index sessions_by_user on sessions (user_id);

-- The fields that clerks have before them: nobody else gets one before the lease ends.
create table leases (
    document_id text not null,
    name text not null,
    user_id text not null,
    ends_at text not null,
    constraint leases_pk primary key (document_id, name),
    constraint leases_document_fk foreign key (document_id) references documents (id),
    constraint leases_user_fk foreign key (user_id) references users (id)
);

create index leases_by_user on leases (user_id);

-- Fields that a clerk left to a supervisor.
create table referrals (
    document_id text not null,
    name text not null,
    why text not null,
    made_by text not null,
    made_at text not null,
    constraint referrals_pk primary key (document_id, name),
    constraint referrals_document_fk foreign key (document_id) references documents (id)
);

-- What clerks keyed of fields whose value is known for certain: it measures them and changes nothing.
create table golden_answers (
    document_id text not null,
    name text not null,
    user_id text not null,
    agrees bigint not null,
    seconds double precision not null,
    made_at text not null,
    constraint golden_answers_pk primary key (document_id, name, user_id),
    constraint golden_answers_document_fk foreign key (document_id) references documents (id),
    constraint golden_answers_user_fk foreign key (user_id) references users (id),
    constraint golden_answers_flag check (agrees in (0, 1))
);

-- The chain: the place of an event, and the hash of what came before it with what it says. Events
-- of an older program have none; the first link is over all of those.
alter table events add column position bigint;
alter table events add column link text;

create unique index events_by_position on events (position);

-- The inbox: open cases by deadline, of one team or of all.
create index cases_inbox on cases (state, deadline, number);
create index cases_inbox_of_team on cases (state, team, deadline, number);
create index cases_inbox_of_owner on cases (owner, state, deadline, number);
