-- Blobs. Every blob on any backend has a row here; the row goes last.
CREATE TABLE storage_object (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    -- When a sweep found nothing that refers to it, and set deleted_at.
    hidden_at timestamptz,
    expired_at timestamptz,
    touched_at timestamptz,
    -- What touched it last, in words; stays when the sweep has looked.
    touched_by text,
    size bigint NOT NULL CHECK (size >= 0),
    backend text NOT NULL,
    content_type text NOT NULL,
    bucket text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    state text NOT NULL CHECK (state IN ('pending', 'valid', 'deleting')),
    -- Another row of the same content is the one that new references get.
    is_twin boolean NOT NULL DEFAULT false,
    metadata jsonb
) WITH (fillfactor = 60);

-- Equal content in one bucket of one backend is stored once.
CREATE UNIQUE INDEX storage_object__content__idx ON storage_object (bucket, backend, sha256)
    WHERE state = 'valid' AND deleted_at IS NULL AND NOT is_twin AND bucket NOT IN ('tempfile', 'file-data');
CREATE INDEX storage_object__touched_at__idx ON storage_object (touched_at, id)
    WHERE touched_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX storage_object__deleted_at__idx ON storage_object (deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX storage_object__created_at__idx ON storage_object (created_at, id);
CREATE INDEX storage_object__backend__idx ON storage_object (backend, id);
-- Where other bytes of the same content lie, to mend a damaged one.
CREATE INDEX storage_object__sha256__idx ON storage_object (sha256);

-- Bytes on a backend that are not those of their row: on their way there by a move, or left behind by one.
CREATE TABLE storage_copy (
    object_id uuid NOT NULL,
    backend text NOT NULL,
    created_at timestamptz NOT NULL,
    -- Whoever is bringing them; nobody else's may become the row's own.
    bringer uuid,
    -- From then on a sweep removes the bytes.
    goes_at timestamptz NOT NULL,
    -- A sweep is removing them: nobody may bring bytes there now. Should bytes have come all the same, it goes again.
    is_going boolean NOT NULL DEFAULT false,
    is_again boolean NOT NULL DEFAULT false,
    PRIMARY KEY (object_id, backend)
);
CREATE INDEX storage_copy__goes_at__idx ON storage_copy (goes_at);

-- A look at everything that is stored: rows against bytes, then bytes against rows.
CREATE TABLE storage_scrub (
    -- The number of its job.
    id bigint PRIMARY KEY,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- The bytes are read and hashed, not only measured.
    is_deep boolean NOT NULL,
    -- Kinds of findings that are put right at once.
    repairs text[] NOT NULL,
    -- Where it is: "rows" and after which id, or a backend and from which first byte of an id, or "done".
    phase text NOT NULL,
    place text NOT NULL DEFAULT '',
    rows_seen bigint NOT NULL DEFAULT 0,
    bytes_seen bigint NOT NULL DEFAULT 0,
    blobs_seen bigint NOT NULL DEFAULT 0
);
CREATE INDEX storage_scrub__started_at__idx ON storage_scrub (started_at);

-- What such a look found.
CREATE TABLE storage_finding (
    scrub_id bigint NOT NULL REFERENCES storage_scrub (id) ON DELETE CASCADE,
    object_id uuid NOT NULL,
    backend text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('missing', 'size', 'hash', 'stray', 'unused')),
    size bigint NOT NULL,
    detail text NOT NULL,
    found_at timestamptz NOT NULL,
    -- What was done about it; null when nothing was.
    repair text,
    PRIMARY KEY (scrub_id, object_id, backend, kind)
);

-- Bytes of the backend "db". No foreign key: blobs are written and removed on a connection of their own.
CREATE TABLE storage_blob (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    data bytea NOT NULL
);
-- Pictures are compressed already; uncompressed storage lets a range be read without the rest.
ALTER TABLE storage_blob ALTER COLUMN data SET STORAGE EXTERNAL;
