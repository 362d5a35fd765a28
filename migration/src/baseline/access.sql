-- Who is signed in, and facts about the installation.
CREATE TABLE http_session (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    user_agent text
);
CREATE INDEX http_session__profile_id__idx ON http_session (profile_id);
CREATE INDEX http_session__modified_at__idx ON http_session (modified_at);
CREATE INDEX http_session__created_at__idx ON http_session (created_at);

CREATE TABLE access_token (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE DEFERRABLE,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    name text NOT NULL,
    perms text[] NOT NULL DEFAULT '{}',
    type text,
    expires_at timestamptz
);
CREATE INDEX access_token__profile_id__idx ON access_token (profile_id, expires_at, created_at);

CREATE TABLE server_prop (
    id text PRIMARY KEY,
    content jsonb NOT NULL,
    preload boolean NOT NULL DEFAULT false
);
