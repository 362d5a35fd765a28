-- A look at the documents of all files, one after the other.
CREATE TABLE file_check (
    -- The number of its job.
    id bigint PRIMARY KEY,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- The last file that was looked at.
    place uuid,
    files bigint NOT NULL DEFAULT 0,
    wrong_files bigint NOT NULL DEFAULT 0,
    shapes bigint NOT NULL DEFAULT 0,
    -- Those that are not kept among them: of one file at most 10,000 are.
    problems bigint NOT NULL DEFAULT 0
);
CREATE INDEX file_check__started_at__idx ON file_check (started_at);

-- What such a look found. No foreign key to files: a report tells of those that are gone too.
CREATE TABLE file_check_problem (
    check_id bigint NOT NULL REFERENCES file_check (id) ON DELETE CASCADE,
    file_id uuid NOT NULL,
    number integer NOT NULL, -- among those of the file
    code text NOT NULL,
    page_id uuid,
    component_id uuid,
    shape_id uuid,
    field text NOT NULL,
    other_id uuid,
    is_repairable boolean NOT NULL,
    PRIMARY KEY (check_id, file_id, number)
);
