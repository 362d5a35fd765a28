-- Libraries: which changes of them are in the files that use them, and what has to be taken over from those that go.

-- Changes of a library before this moment are in the file. A library of a library has a row too: what is placed of one
-- brings parts of the other with it.
CREATE TABLE file_library_sync (
    file_id uuid NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    library_file_id uuid NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    synced_at timestamptz NOT NULL,
    PRIMARY KEY (file_id, library_file_id)
);
CREATE INDEX file_library_sync__library_file_id__idx ON file_library_sync (library_file_id);
INSERT INTO file_library_sync (file_id, library_file_id, synced_at)
SELECT file_id, library_file_id, synced_at FROM file_library_link;
ALTER TABLE file_library_link DROP COLUMN synced_at;

-- What is still to be done: the file makes its own what it uses of a library that is none any more, or that will be
-- purged. A library is not purged before.
CREATE TABLE file_library_absorption (
    file_id uuid NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    library_file_id uuid NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    is_asked boolean NOT NULL DEFAULT false, -- a job was asked to do it
    PRIMARY KEY (file_id, library_file_id)
);
CREATE INDEX file_library_absorption__library_file_id__idx ON file_library_absorption (library_file_id);
CREATE INDEX file_library_absorption__unasked__idx ON file_library_absorption (library_file_id, file_id)
    WHERE NOT is_asked;
