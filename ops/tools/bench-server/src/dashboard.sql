-- A million jobs as the dashboard may meet them: three in ten unfinished, one in ten a dead job, one in twenty
-- ended by somebody, the rest done; of every kind, queue and team, in the order in which they were asked for.
CREATE TEMPORARY TABLE wanted AS
SELECT n AS id, hashtext('a' || n) & 1023 AS fate, now() - (JOBS - n) * interval '0.5 s' AS at,
       (array['default', 'default', 'default', 'media', 'webhooks'])[1 + (hashtext('q' || n) & 1023) % 5] AS queue,
       (array['send-mail', 'delete-object', 'file-gc', 'objects-gc', 'storage-gc-touched', 'audit-log-gc',
              'session-gc', 'telemetry'])[1 + (hashtext('k' || n) & 7)] AS kind,
       ('00000000-0000-4000-8000-' || lpad(to_hex(hashtext('t' || n) & 4095), 12, '0'))::uuid AS tenant,
       jsonb_build_object('object', 'team', 'id', gen_random_uuid()) AS payload,
       jsonb_build_object('request_id', gen_random_uuid()) AS origin
  FROM generate_series(1, JOBS) n;
UPDATE wanted SET kind = 'feedback-gc' WHERE id % 100000 = 1;

INSERT INTO queue.job (id, run_at, enqueued_at, lane, tenant, state, priority, attempt, queue, kind, payload, origin)
SELECT id, at + CASE WHEN fate < 60 THEN interval '10 days' ELSE interval '0' END, at, queue.lane(kind, tenant), tenant,
       CASE WHEN fate < 60 THEN 0 ELSE 1 END, (array[100, 100, 100, 200, 50])[1 + fate % 5], 0, queue, kind, payload,
       origin
  FROM wanted WHERE fate < 307;
INSERT INTO queue.job_dead (id, finished_at, run_at, enqueued_at, started_at, clock_shift_ms, tenant, priority, attempt,
       max_attempts, queue, kind, payload, origin, errors)
SELECT id, at + interval '1 minute', at, at, at + interval '30 s', 0, tenant, 100, 10, 10, queue, kind, payload, origin,
       (SELECT jsonb_agg(jsonb_build_object('attempt', a, 'at', at, 'ms', 12, 'error',
          (array['the mail server is away: connection refused', 'timed out after 30 s',
                 'the object is gone: ' || (payload->>'id')])[1 + fate % 3] || ', step ' || fate % 40))
          FROM generate_series(1, 10) a)
  FROM wanted WHERE fate BETWEEN 307 AND 409;
INSERT INTO queue.job_cancelled (id, finished_at, run_at, enqueued_at, clock_shift_ms, tenant, outcome, priority,
       attempt, max_attempts, queue, kind, payload, origin)
SELECT id, now(), at, at, 0, tenant, 2 + fate % 2, 100, 1, 10, queue, kind, payload, origin
  FROM wanted WHERE fate BETWEEN 410 AND 460;
INSERT INTO queue.job_done (id, finished_at, run_at, enqueued_at, started_at, clock_shift_ms, tenant, priority, attempt,
       max_attempts, queue, kind, payload, origin)
SELECT id, now(), at, at, at, 0, tenant, 100, 1, 10, queue, kind, payload, origin
  FROM wanted WHERE fate > 460;

INSERT INTO queue.sample (at, queue, ready, running, oldest_s, done, failed)
SELECT date_trunc('minute', now()) - n * interval '1 minute', queue, 3, 1, 2, n % 40, n % 7
  FROM generate_series(1, 10080) n, unnest(array['default', 'media', 'webhooks']) queue;
INSERT INTO queue.action (at, who, action, target, changed)
SELECT now() - n * interval '1 minute', 'ana@example.com', 'retry', jsonb_build_object('id', n), 1
  FROM generate_series(1, 100000) n;

-- Fifty thousand people with a team of their own, and three hundred thousand blobs, half of them hidden.
INSERT INTO profile (id, created_at, modified_at, fullname, email, password, is_active)
SELECT gen_random_uuid(), now() - n * interval '1 minute', now(), 'Person ' || n, 'person' || n || '@example.com', '!',
       true
  FROM generate_series(1, 50000) n;
WITH teams AS (
       INSERT INTO team (id, created_at, modified_at, name, is_default)
       SELECT id, created_at, now(), 'Team of ' || fullname, true FROM profile WHERE default_team_id IS NULL
       RETURNING id)
INSERT INTO team_profile_rel (id, team_id, profile_id, is_owner, is_admin, can_edit, created_at, modified_at)
SELECT gen_random_uuid(), id, id, true, true, true, now(), now() FROM teams;
UPDATE profile SET default_team_id = id WHERE default_team_id IS NULL;
INSERT INTO audit_log (id, name, type, source, created_at, tracked_at, profile_id, props)
SELECT gen_random_uuid(), 'create-team', 'action', 'backend', created_at, created_at, id, '{}' FROM profile;
INSERT INTO storage_object (id, created_at, touched_at, touched_by, deleted_at, hidden_at, size, backend, content_type,
       bucket, sha256, state)
SELECT gen_random_uuid(), now() - n * interval '1 s', CASE n % 4 WHEN 1 THEN now() - interval '3 hours' END,
       CASE n % 4 WHEN 1 THEN 'it was stored' END, CASE n % 2 WHEN 0 THEN now() - interval '1 hour' END,
       CASE n % 2 WHEN 0 THEN now() - interval '8 days' END, 1000 + n, 'fs', 'image/png', 'file-media-object',
       encode(sha256(n::text::bytea), 'hex'), 'valid'
  FROM generate_series(1, 300000) n;
INSERT INTO file_media_object (id, file_id, created_at, name, width, height, mtype, media_id)
SELECT gen_random_uuid(), (SELECT id FROM file LIMIT 1), now(), 'picture', 100, 100, 'image/png', id
  FROM storage_object WHERE deleted_at IS NULL;
