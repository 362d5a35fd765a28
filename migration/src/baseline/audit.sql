-- What was done, by whom and when.
CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    type text NOT NULL,
    source text NOT NULL,
    created_at timestamptz NOT NULL,
    tracked_at timestamptz NOT NULL,
    archived_at timestamptz,
    -- No foreign key: what somebody did stays when they are gone.
    profile_id uuid NOT NULL,
    ip_addr inet,
    props jsonb NOT NULL,
    context jsonb
);
CREATE INDEX audit_log__created_at__idx ON audit_log (created_at, id);
CREATE INDEX audit_log__profile_id__idx ON audit_log (profile_id, created_at);
CREATE INDEX audit_log__unarchived__idx ON audit_log (created_at) WHERE archived_at IS NULL;
CREATE INDEX audit_log__archived_at__idx ON audit_log (archived_at) WHERE archived_at IS NOT NULL;
CREATE INDEX audit_log__source__idx ON audit_log (source, created_at);
