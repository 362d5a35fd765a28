-- Files in the bin of a team that somebody wants back, or gone for good. A job works through them, and whoever asked
-- can watch. Kept for a day after the end.
CREATE TABLE bin_batch (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    action text NOT NULL CHECK (action IN ('restore', 'delete')),
    digest bytea NOT NULL, -- of who asked and of the files: who asks again meanwhile watches the same batch
    file_ids uuid[] NOT NULL,
    done integer NOT NULL DEFAULT 0, -- so many of them were looked at
    taken uuid[] NOT NULL DEFAULT '{}', -- those of them that something was done with
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    is_refused boolean NOT NULL DEFAULT false -- whoever asked may not any more
);
CREATE UNIQUE INDEX bin_batch__unfinished__idx ON bin_batch (team_id, action, digest) WHERE finished_at IS NULL;
CREATE INDEX bin_batch__team_id__idx ON bin_batch (team_id);
CREATE INDEX bin_batch__profile_id__idx ON bin_batch (profile_id);
CREATE INDEX bin_batch__created_at__idx ON bin_batch (created_at);
