-- Ways into a team: invitations, and requests to be let in.
CREATE TABLE team_invitation (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    email_to text NOT NULL CHECK (email_to = lower(email_to)),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'viewer')),
    valid_until timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid REFERENCES profile (id) ON DELETE SET NULL,
    UNIQUE (team_id, email_to)
);
CREATE INDEX team_invitation__email_to__idx ON team_invitation (email_to);
CREATE INDEX team_invitation__created_by__idx ON team_invitation (created_by) WHERE created_by IS NOT NULL;

CREATE TABLE team_access_request (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    requester_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    valid_until timestamptz NOT NULL,
    auto_join_until timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (team_id, requester_id)
);
CREATE INDEX team_access_request__requester_id__idx ON team_access_request (requester_id);

-- How much of something somebody may have, where it differs from the setting.
CREATE TABLE usage_quote (
    id uuid PRIMARY KEY,
    target text NOT NULL,
    quote bigint NOT NULL,
    profile_id uuid REFERENCES profile (id) ON DELETE CASCADE,
    project_id uuid REFERENCES project (id) ON DELETE CASCADE,
    team_id uuid REFERENCES team (id) ON DELETE CASCADE,
    file_id uuid REFERENCES file (id) ON DELETE CASCADE
);
CREATE INDEX usage_quote__profile_id__idx ON usage_quote (profile_id, target);
CREATE INDEX usage_quote__project_id__idx ON usage_quote (project_id, target);
CREATE INDEX usage_quote__team_id__idx ON usage_quote (team_id, target);
CREATE INDEX usage_quote__file_id__idx ON usage_quote (file_id, target);

-- Mail that came back, and people who complained about mail: by account, and by address.
CREATE TABLE profile_complaint_report (
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    type text NOT NULL CHECK (type IN ('bounce', 'complaint')),
    content jsonb,
    PRIMARY KEY (profile_id, created_at)
);

CREATE TABLE global_complaint_report (
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    type text NOT NULL CHECK (type IN ('bounce', 'complaint')),
    content jsonb,
    PRIMARY KEY (email, created_at)
);

-- Quotes that were passed while they only warn: one row a day, until it was told.
CREATE TABLE quote_notice (
    target text NOT NULL,
    within uuid NOT NULL, -- the person, team or project that is counted in
    day date NOT NULL,
    quote bigint NOT NULL,
    count bigint NOT NULL, -- the most that was seen
    told_at timestamptz,
    PRIMARY KEY (day, target, within)
);

-- What people think of it, kept for a while for the mail that tells it.
CREATE TABLE user_feedback (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    subject text NOT NULL,
    content text NOT NULL,
    type text,
    error_href text,
    error_report text
);
CREATE INDEX user_feedback__profile_id__idx ON user_feedback (profile_id);
CREATE INDEX user_feedback__created_at__idx ON user_feedback (created_at);
