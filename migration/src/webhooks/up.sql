-- Webhooks: addresses of other servers that hear of what happens in a team, and what they are to hear.

CREATE TABLE webhook (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    profile_id uuid REFERENCES profile (id) ON DELETE SET NULL, -- who made it
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    uri text NOT NULL,
    mtype text NOT NULL CHECK (mtype IN ('application/json', 'application/transit+json')),
    is_active boolean NOT NULL,
    error_code text, -- what went wrong last; null once something has arrived
    error_count smallint NOT NULL DEFAULT 0 -- deliveries given up since something has arrived
);
CREATE INDEX webhook__team_id__idx ON webhook (team_id);
CREATE INDEX webhook__profile_id__idx ON webhook (profile_id) WHERE profile_id IS NOT NULL;

-- What happened in a team that had a webhook, as it is told. Dropped by age.
CREATE TABLE webhook_event (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    name text NOT NULL,
    profile_id uuid NOT NULL, -- who did it: they may be gone
    props jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL, -- not told before
    gathered_as text, -- of events with the same text that are not told yet only the last one is
    told_at timestamptz -- when its deliveries were made; null while it waits
);
CREATE UNIQUE INDEX webhook_event__waiting__idx ON webhook_event (gathered_as) WHERE told_at IS NULL;
CREATE INDEX webhook_event__gathered_as__idx ON webhook_event (gathered_as, due_at) WHERE gathered_as IS NOT NULL;
CREATE INDEX webhook_event__team_id__idx ON webhook_event (team_id);
CREATE INDEX webhook_event__created_at__idx ON webhook_event (created_at);
