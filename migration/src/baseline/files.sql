-- Files, their documents and their pictures.
CREATE TABLE file (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project (id) DEFERRABLE,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    deleted_at timestamptz,
    name text NOT NULL,
    is_shared boolean NOT NULL DEFAULT false,
    has_media_trimmed boolean NOT NULL DEFAULT false,
    revn bigint NOT NULL DEFAULT 0,
    vern integer NOT NULL DEFAULT 0,
    version integer NOT NULL,
    ignore_sync_until timestamptz,
    comment_thread_seqn integer NOT NULL DEFAULT 0,
    features text[] NOT NULL DEFAULT '{}',
    migrations text[] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50);
CREATE INDEX file__project_id__idx ON file (project_id);
CREATE INDEX file__deleted_at__idx ON file (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX file__modified_at__idx ON file (modified_at) WHERE has_media_trimmed IS FALSE;

CREATE TABLE file_profile_rel (
    file_id uuid NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    is_owner boolean NOT NULL DEFAULT false,
    is_admin boolean NOT NULL DEFAULT false,
    can_edit boolean NOT NULL DEFAULT false,
    PRIMARY KEY (file_id, profile_id)
);
CREATE INDEX file_profile_rel__profile_id__idx ON file_profile_rel (profile_id);

CREATE TABLE file_data (
    file_id uuid NOT NULL REFERENCES file (id) DEFERRABLE,
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    deleted_at timestamptz,
    kind text NOT NULL CHECK (kind IN ('main', 'snapshot', 'fragment')),
    backend text NOT NULL CHECK (backend IN ('db', 'storage')),
    metadata jsonb,
    data bytea,
    PRIMARY KEY (file_id, id)
);
CREATE INDEX file_data__deleted_at__idx ON file_data (deleted_at, file_id, id) WHERE deleted_at IS NOT NULL;
-- Who refers to a document that is kept outside the database.
CREATE INDEX file_data__storage_ref_id__idx ON file_data ((metadata->>'storage-ref-id')) WHERE backend = 'storage';

CREATE TABLE file_media_object (
    id uuid PRIMARY KEY,
    file_id uuid NOT NULL REFERENCES file (id) DEFERRABLE,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    name text NOT NULL,
    width integer NOT NULL CHECK (width >= 0),
    height integer NOT NULL CHECK (height >= 0),
    mtype text NOT NULL,
    is_local boolean NOT NULL DEFAULT false,
    media_id uuid NOT NULL REFERENCES storage_object (id) DEFERRABLE,
    thumbnail_id uuid REFERENCES storage_object (id) DEFERRABLE
);
CREATE INDEX file_media_object__file_id__idx ON file_media_object (file_id);
CREATE INDEX file_media_object__media_id__idx ON file_media_object (media_id);
CREATE INDEX file_media_object__thumbnail_id__idx ON file_media_object (thumbnail_id) WHERE thumbnail_id IS NOT NULL;
CREATE INDEX file_media_object__deleted_at__idx ON file_media_object (deleted_at) WHERE deleted_at IS NOT NULL;

-- Small pictures of whole files, one a revision, and of frames and components in them.
CREATE TABLE file_thumbnail (
    file_id uuid NOT NULL REFERENCES file (id) DEFERRABLE,
    revn bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    media_id uuid NOT NULL REFERENCES storage_object (id) DEFERRABLE,
    PRIMARY KEY (file_id, revn)
);
CREATE INDEX file_thumbnail__media_id__idx ON file_thumbnail (media_id);
CREATE INDEX file_thumbnail__deleted_at__idx ON file_thumbnail (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE file_tagged_object_thumbnail (
    file_id uuid NOT NULL REFERENCES file (id) DEFERRABLE,
    tag text NOT NULL DEFAULT 'frame',
    object_id text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    media_id uuid NOT NULL REFERENCES storage_object (id) DEFERRABLE,
    PRIMARY KEY (file_id, tag, object_id)
);
CREATE INDEX file_tagged_object_thumbnail__media_id__idx ON file_tagged_object_thumbnail (media_id);
CREATE INDEX file_tagged_object_thumbnail__deleted_at__idx ON file_tagged_object_thumbnail (deleted_at)
    WHERE deleted_at IS NOT NULL;

-- Who knows the id of one may look at the file.
CREATE TABLE share_link (
    id uuid PRIMARY KEY,
    file_id uuid NOT NULL REFERENCES file (id) ON DELETE CASCADE DEFERRABLE,
    owner_id uuid REFERENCES profile (id) ON DELETE SET NULL DEFERRABLE,
    created_at timestamptz NOT NULL,
    pages uuid[] NOT NULL DEFAULT '{}',
    who_comment text NOT NULL DEFAULT 'team',
    who_inspect text NOT NULL DEFAULT 'team'
);
CREATE INDEX share_link__file_id__idx ON share_link (file_id);
CREATE INDEX share_link__owner_id__idx ON share_link (owner_id) WHERE owner_id IS NOT NULL;

-- Uploads in pieces.
CREATE TABLE upload_session (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    total_chunks integer NOT NULL CHECK (total_chunks > 0)
);
CREATE INDEX upload_session__created_at__idx ON upload_session (created_at);
CREATE INDEX upload_session__profile_id__idx ON upload_session (profile_id);

CREATE TABLE upload_chunk (
    session_id uuid NOT NULL REFERENCES upload_session (id) ON DELETE CASCADE,
    index integer NOT NULL CHECK (index >= 0),
    created_at timestamptz NOT NULL,
    object_id uuid NOT NULL REFERENCES storage_object (id) DEFERRABLE,
    PRIMARY KEY (session_id, index)
);
CREATE INDEX upload_chunk__object_id__idx ON upload_chunk (object_id);
