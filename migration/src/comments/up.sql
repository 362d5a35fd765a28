-- Comments on designs: threads at places of pages, what was said in them, and who has read how far.

CREATE TABLE comment_thread (
    id uuid PRIMARY KEY,
    file_id uuid NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    owner_id uuid NOT NULL, -- who began it: they may be gone, what others said stays
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    page_id uuid NOT NULL,
    page_name text, -- as it was at the last comment; null while the page was not stored
    frame_id uuid NOT NULL,
    seqn integer NOT NULL, -- its number in the file
    position_x double precision NOT NULL,
    position_y double precision NOT NULL,
    is_resolved boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX comment_thread__seqn__idx ON comment_thread (file_id, seqn);

CREATE TABLE comment (
    id uuid PRIMARY KEY,
    thread_id uuid NOT NULL REFERENCES comment_thread (id) ON DELETE CASCADE,
    owner_id uuid NOT NULL, -- who wrote it: they may be gone
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    content text NOT NULL,
    mentions uuid[] NOT NULL DEFAULT '{}' -- people, as the client named them
);
CREATE INDEX comment__thread_id__idx ON comment (thread_id, created_at, id);

-- Until when somebody has read a thread.
CREATE TABLE comment_thread_status (
    thread_id uuid NOT NULL REFERENCES comment_thread (id) ON DELETE CASCADE,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    modified_at timestamptz NOT NULL,
    PRIMARY KEY (thread_id, profile_id)
);
CREATE INDEX comment_thread_status__profile_id__idx ON comment_thread_status (profile_id);

-- Who shall hear of which comment by mail, until the mail is sent.
CREATE TABLE comment_notice (
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    comment_id uuid NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (profile_id, comment_id)
);
CREATE INDEX comment_notice__comment_id__idx ON comment_notice (comment_id);
