-- Teams, people and projects.
CREATE TABLE team (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    deleted_at timestamptz,
    name text NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    photo_id uuid REFERENCES storage_object (id) DEFERRABLE,
    features text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX team__created_at__idx ON team (created_at, id);
CREATE INDEX team__deleted_at__idx ON team (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX team__photo_id__idx ON team (photo_id) WHERE photo_id IS NOT NULL;

CREATE TABLE project (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES team (id) DEFERRABLE,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    deleted_at timestamptz,
    is_default boolean NOT NULL DEFAULT false,
    name text NOT NULL
);
CREATE INDEX project__team_id__idx ON project (team_id);
CREATE INDEX project__deleted_at__idx ON project (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE profile (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    deleted_at timestamptz,
    fullname text NOT NULL,
    email text NOT NULL CHECK (email = lower(email)),
    password text NOT NULL,
    lang text,
    theme text,
    is_demo boolean NOT NULL DEFAULT false,
    is_active boolean NOT NULL DEFAULT false,
    is_muted boolean NOT NULL DEFAULT false,
    is_blocked boolean NOT NULL DEFAULT false,
    auth_backend text,
    props jsonb,
    photo_id uuid REFERENCES storage_object (id) DEFERRABLE,
    default_team_id uuid REFERENCES team (id) ON DELETE SET NULL DEFERRABLE,
    default_project_id uuid REFERENCES project (id) ON DELETE SET NULL DEFERRABLE
);
CREATE UNIQUE INDEX profile__email__idx ON profile (email) WHERE deleted_at IS NULL;
CREATE INDEX profile__created_at__idx ON profile (created_at, id);
CREATE INDEX profile__deleted_at__idx ON profile (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX profile__photo_id__idx ON profile (photo_id) WHERE photo_id IS NOT NULL;
CREATE INDEX profile__default_team_id__idx ON profile (default_team_id) WHERE default_team_id IS NOT NULL;
CREATE INDEX profile__default_project_id__idx ON profile (default_project_id) WHERE default_project_id IS NOT NULL;

CREATE TABLE team_profile_rel (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    is_owner boolean NOT NULL DEFAULT false,
    is_admin boolean NOT NULL DEFAULT false,
    can_edit boolean NOT NULL DEFAULT false,
    UNIQUE (team_id, profile_id)
);
CREATE INDEX team_profile_rel__profile_id__idx ON team_profile_rel (profile_id, created_at);

CREATE TABLE project_profile_rel (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    is_owner boolean NOT NULL DEFAULT false,
    is_admin boolean NOT NULL DEFAULT false,
    can_edit boolean NOT NULL DEFAULT false,
    UNIQUE (project_id, profile_id)
);
CREATE INDEX project_profile_rel__profile_id__idx ON project_profile_rel (profile_id);

CREATE TABLE team_project_profile_rel (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    project_id uuid NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    is_pinned boolean NOT NULL DEFAULT false,
    UNIQUE (team_id, project_id, profile_id)
);
CREATE INDEX team_project_profile_rel__project_id__idx ON team_project_profile_rel (project_id);
CREATE INDEX team_project_profile_rel__profile_id__idx ON team_project_profile_rel (profile_id);

-- Fonts of a team, in up to four formats.
CREATE TABLE team_font_variant (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES team (id) DEFERRABLE,
    profile_id uuid REFERENCES profile (id) ON DELETE SET NULL DEFERRABLE,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    deleted_at timestamptz,
    font_id uuid NOT NULL,
    font_family text NOT NULL,
    font_weight smallint NOT NULL,
    font_style text NOT NULL,
    variant_name text,
    otf_file_id uuid REFERENCES storage_object (id) DEFERRABLE,
    ttf_file_id uuid REFERENCES storage_object (id) DEFERRABLE,
    woff1_file_id uuid REFERENCES storage_object (id) DEFERRABLE,
    woff2_file_id uuid REFERENCES storage_object (id) DEFERRABLE
);
CREATE INDEX team_font_variant__team_id__idx ON team_font_variant (team_id, font_id);
CREATE INDEX team_font_variant__profile_id__idx ON team_font_variant (profile_id) WHERE profile_id IS NOT NULL;
CREATE INDEX team_font_variant__deleted_at__idx ON team_font_variant (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX team_font_variant__otf__idx ON team_font_variant (otf_file_id) WHERE otf_file_id IS NOT NULL;
CREATE INDEX team_font_variant__ttf__idx ON team_font_variant (ttf_file_id) WHERE ttf_file_id IS NOT NULL;
CREATE INDEX team_font_variant__woff1__idx ON team_font_variant (woff1_file_id) WHERE woff1_file_id IS NOT NULL;
CREATE INDEX team_font_variant__woff2__idx ON team_font_variant (woff2_file_id) WHERE woff2_file_id IS NOT NULL;
