-- Blobs. Every blob on any backend has a row here; the row goes last.
CREATE TABLE storage_object (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    expired_at timestamptz,
    touched_at timestamptz,
    size bigint NOT NULL CHECK (size >= 0),
    backend text NOT NULL,
    content_type text NOT NULL,
    bucket text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    state text NOT NULL CHECK (state IN ('pending', 'valid', 'deleting')),
    metadata jsonb
) WITH (fillfactor = 60);

-- Equal content in one bucket of one backend is stored once.
CREATE UNIQUE INDEX storage_object__content__idx ON storage_object (bucket, backend, sha256)
    WHERE state = 'valid' AND deleted_at IS NULL AND bucket NOT IN ('tempfile', 'file-data');
CREATE INDEX storage_object__touched_at__idx ON storage_object (touched_at)
    WHERE touched_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX storage_object__deleted_at__idx ON storage_object (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX storage_object__created_at__idx ON storage_object (created_at, id);

-- Bytes of the backend "db". No foreign key: blobs are written and removed on a connection of their own.
CREATE TABLE storage_blob (
    id uuid PRIMARY KEY,
    data bytea NOT NULL
);
-- Pictures are compressed already; uncompressed storage lets a range be read without the rest.
ALTER TABLE storage_blob ALTER COLUMN data SET STORAGE EXTERNAL;
