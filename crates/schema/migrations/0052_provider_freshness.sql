-- owner: identities; readers: none
-- When a person proved at a provider who that is (`auth_time`): a sign-in here may rest on a session there that was left
-- open for hours, so the time of the sign-in says nothing of it. Null: the provider does not tell.
alter table session add column provider_authenticated_at text;
alter table pending_sign_in add column provider_authenticated_at text;
alter table unlinked_identity add column authenticated_at text;

-- Whether the provider was asked to let the person sign in there anew: a session that is open there is not enough then.
alter table provider_sign_in add column is_anew integer not null default 0 check (is_anew in (0, 1));
