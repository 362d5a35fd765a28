//! The operator's desk in a real browser: every page wide and narrow, light and dark, by keyboard, live, and without
//! script. Pictures are kept beside the tests' other products, to be looked at.

use std::path::PathBuf;

use tests::{
    app::{Settings, TestApp},
    node,
    person::PASSWORD,
};

/// A page's name for its pictures, and its address.
const PAGES: &str = "
overview /admin
storage /admin/storage
people /admin/people
teams /admin/teams
mail /admin/mail
health /admin/health
overview-day /admin?span=24h
jobs /admin/jobs
jobs-dead /admin/jobs?state=dead&text=away
job /admin/jobs/1001
dead /admin/dead
schedule /admin/schedule
actions /admin/actions
";

/// Where Debian and others put it.
pub(crate) fn chromium() -> String {
    let places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found = places.into_iter().find(|place| PathBuf::from(place).exists());
    found.expect("ops/scripts/test installs Chromium").to_owned()
}

/// Where pictures are kept.
pub(crate) fn pictures() -> PathBuf {
    let pictures = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("desk");
    std::fs::create_dir_all(&pictures).expect("a folder");
    pictures
}

#[tokio::test]
async fn people_see_and_steer_it() {
    let settings = Settings::default().set("PENPOT_ADMINS", "ana@example.com");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let seed = "
        INSERT INTO queue.job_dead (id, run_at, enqueued_at, started_at, clock_shift_ms, priority, attempt, max_attempts,
          queue, kind, payload, progress, errors)
        SELECT id, now(), now() - interval '1 hour', now(), 0, 100, 3, 3, 'default', 'send-mail', '{\"template\": \"x\"}',
          '{\"done\": 3, \"total\": 9, \"message\": \"sent\", \"log\": [{\"ms\": 12, \"text\": \"began\"}]}',
          jsonb_build_array(jsonb_build_object('attempt', 3, 'at', now(), 'ms', 12, 'error',
            'the mail server is away: connection refused, attempt of job ' || id))
        FROM generate_series(1001, 1060) id;
        INSERT INTO queue.sample (at, queue, ready, running, oldest_s, done, failed)
        SELECT date_trunc('minute', now()) - n * interval '1 minute', 'media', 3, 1, 2, n % 40, n % 7
        FROM generate_series(1, 1500) n;
        INSERT INTO queue.schedule (name, cron, queue, kind, payload, priority, max_attempts, next_tick)
        VALUES ('objects-gc', '0 0 0 * * ?', 'default', 'objects-gc', '{}', 100, 10, now() + interval '1 day');
        INSERT INTO queue.worker (id, pid, host, version, slots, busy)
        VALUES (gen_random_uuid(), 4711, 'a-machine-with-a-long-name.example.com', '1.2.3',
          '{\"default\": 4, \"media\": 1, \"webhooks\": 2}', '{\"default\": 1}')";
    sqlx::raw_sql(seed).execute(&app.app.pool).await.expect("is there");
    let pictures = pictures();
    let folder = pictures.display().to_string();
    let arguments = [app.base.as_str(), &ana.email, PASSWORD, &folder, &chromium()];
    let wrong = node::filter("desk/drive.mjs", &arguments, PAGES.trim().as_bytes().to_vec()).await;
    assert_eq!(wrong.trim(), "");

    assert_eq!(app.count("SELECT count(*) FROM queue.job_dead").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE id > 1000 AND state = 1").await, 60);
    assert_eq!(app.count("SELECT count(*) FROM queue.control WHERE paused_by = 'ana@example.com'").await, 1);
    let kept = std::fs::read_dir(&pictures).expect("pictures").count();
    assert!(kept >= PAGES.trim().lines().count() * 4, "{kept} pictures");
}
