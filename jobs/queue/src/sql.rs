//! Every statement of the queue, each whole in a file of its own under `sql/`, where a person, an editor and `EXPLAIN`
//! can read it. What filters choose is built where it is asked (`admin::bulk`, `read::page`, `read::sorted`).
//!
//! Hot ones drive from an array or a bounded list of ids and go through an index; the worker's connections also pin
//! that plan (see `connection`), because a plan made while the table was empty must not survive into a backlog of a
//! million rows.
//!
//! Statements driven by ids do not mention `state`: the statistics of a transient state are always wrong (gathered when
//! nothing ran), and the planner would scan `job_lease` instead of the primary key. The token is null unless the row is
//! running, so matching `(id, token)` is the fence and the test of the state in one.
//!
//! A file begins with comments: what it is for, its parameters (`$1 ids bigint[]: more of it`), and what it returns. A
//! test prepares each and compares. Numbers of states carry their names, which a test compares too: `1 /* ready */`.

/// Makes a constant of each file, without the comments it begins with, and `ALL` for the tests.
macro_rules! statements {
    ($($folder:ident { $($name:ident = $file:literal)+ })+) => {
        $($(
            pub(crate) const $name: &str =
                body(include_str!(concat!("sql/", stringify!($folder), "/", $file, ".sql")));
        )+)+
        #[cfg(test)]
        const ALL: &[&str] = &[$($(concat!(stringify!($folder), "/", $file, ".sql")),+),+];
    };
}

statements! {
    claim {
        CLAIM_FIRST = "first"
        CLAIM_LANES = "lanes"
        CLAIM_LIMITED = "limited"
        CLAIM_ONE = "one"
        SURVEY_LANES = "survey_lanes"
        AGE_HOUSEKEEPING = "age_housekeeping"
        PROMOTE = "promote"
        ANY_LEFT = "any_left"
    }
    finish {
        DONE = "done"
        DEAD = "dead"
        CANCELLED = "cancelled"
        CANCELLED_WAITING = "cancelled_waiting"
        CANCELLED_INSTEAD_OF_RETRY = "cancelled_instead_of_retry"
        RETRY = "retry"
    }
    lease {
        RENEW = "renew"
        RESCUE = "rescue"
        PROGRESS = "progress"
        CANCEL_REQUESTS = "cancel_requests"
    }
    enqueue {
        ENQUEUE = "plain"
        ENQUEUE_UNIQUE = "unique"
        ENQUEUE_REPLACE = "replace"
        ENQUEUE_BATCH = "batch"
    }
    schedule {
        SCHEDULES_DUE = "due"
        SCHEDULE_TICK = "tick"
        SCHEDULE_SKIP = "skip"
        SCHEDULE_PUT = "put"
        SCHEDULE_EXISTS = "exists"
        SCHEDULE_PAUSE = "pause"
        SCHEDULE_RESUME = "resume"
        SCHEDULE_RUN = "run"
        SCHEDULE_RUN_TICK = "run_tick"
        NOW = "now"
    }
    worker {
        WORKER_SEEN = "seen"
        WORKER_GONE = "gone"
        WORKERS_FORGET = "forget"
        COUNT_READY = "count_ready"
        COUNT_DEAD = "count_dead"
        SAMPLE_ADD = "add_sample"
        SAMPLES_FORGET = "forget_samples"
    }
    history {
        HISTORY_ADD_DAYS = "add_days"
        HISTORY_DROP_DAYS = "drop_days"
        HISTORY_DROP_OLD = "drop_old"
    }
    control {
        CONTROLS = "all"
        CONTROL_PAUSE = "pause"
        CONTROL_RESUME = "resume"
        CONTROL_LIMIT = "limit"
        CONTROL_UNLIMIT = "unlimit"
        CONTROL_ADJUST = "adjust"
        CONTROL_FORGET_IDLE = "forget_idle"
    }
    admin {
        REQUEST_CANCEL = "request_cancel"
        RUN_NOW = "run_now"
        PRIORITISE = "prioritise"
        DISCARD = "discard"
        RETRY_DEAD = "retry_dead"
        RETRY_CANCELLED = "retry_cancelled"
        HOLD_FOR_REPLAY = "hold_for_replay"
        RECORD_ACTION = "record_action"
        NOTIFY = "notify"
    }
    read {
        SHOW = "show"
        NEWEST = "newest"
        READY_QUEUES = "ready_queues"
        STANDING = "standing"
        QUEUE_COUNTS = "queue_counts"
        SAMPLES = "samples"
        GROUPS = "groups"
        FAILING = "failing"
        SCHEDULES = "schedules"
        WORKERS = "workers"
        ACTIONS = "actions"
    }
    install {
        INSTALL_LOCK = "lock"
        IS_THERE = "is_there"
        INSTALLED_VERSION = "version"
        ADD_VERSION = "add_version"
    }
}

/// What is sent: the comments at the top are for readers, and no server has to read them each time.
const fn body(file: &str) -> &str {
    let bytes = file.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() && bytes[at] == b'-' && bytes[at + 1] == b'-' {
        while at < bytes.len() && bytes[at] != b'\n' {
            at += 1;
        }
        at += 1;
    }
    file.split_at(at).1
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use crate::state::State;

    use super::*;

    fn folder() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sql")
    }

    /// Every file, by its name below the folder.
    fn files() -> Vec<(String, String)> {
        let mut found = vec![];
        for group in fs::read_dir(folder()).expect("folders").flatten() {
            for file in fs::read_dir(group.path()).expect("files").flatten() {
                let name = file.path().strip_prefix(folder()).expect("below").display().to_string();
                found.push((name, fs::read_to_string(file.path()).expect("text")));
            }
        }
        found
    }

    #[test]
    fn every_file_is_a_statement_that_is_used() {
        let (files, listed) = (files(), ALL.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>());
        assert_eq!(files.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>(), listed);
    }

    #[test]
    fn comments_at_the_top_are_not_sent() {
        assert_eq!(body("-- Does it.\n-- $1 id bigint\nselect 1\n-- and more\n"), "select 1\n-- and more\n");
        assert!(CLAIM_ONE.starts_with("update queue.job j\n"), "{CLAIM_ONE}");
    }

    /// What is wrong with the numbers of states in a statement.
    fn unnamed_states(sql: &str) -> Vec<String> {
        let words: Vec<&str> = sql.split_whitespace().collect();
        let mut wrong = vec![];
        for (n, word) in words.iter().enumerate() {
            let number = word.trim_end_matches([')', ',']);
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let before = |back: usize| n.checked_sub(back).map_or("", |at| words[at]);
            let of_state = |word: &str| ["state", "j.state", "outcome"].contains(&word);
            let compared = of_state(before(2)) && ["=", "<"].contains(&before(1));
            let chosen = ["then", "else", "when"].contains(&before(1));
            let after = words.get(n + 1).copied().unwrap_or("");
            let name = match (after, before(1)) {
                ("/*", _) => words.get(n + 2).copied(),
                ("then", "when") => words.get(n + 2).map(|name| name.trim_matches('\'')),
                _ if compared || chosen => Some(""),
                _ => None,
            };
            let Some(name) = name else { continue };
            let state = name.parse::<State>().ok().and_then(State::number);
            if state.map(|number| number.to_string()).as_deref() != Some(number) {
                wrong.push(format!("{number} {name}"));
            }
        }
        wrong
    }

    #[test]
    fn numbers_of_states_carry_their_names() {
        assert_eq!(unnamed_states("select 1 from queue.job where state = 1 /* ready */"), [""; 0]);
        assert_eq!(unnamed_states("select 1 from queue.job where state = 1"), ["1 "]);
        assert_eq!(unnamed_states("set state = 2 /* ready */, attempt = 0"), ["2 ready"]);
        assert_eq!(unnamed_states("case outcome when 2 then 'cancelled' end"), ["2 cancelled"]);
        assert_eq!(unnamed_states("case when due then 0 else 1 /* ready */ end"), ["0 "]);
        let wrong: Vec<_> = files()
            .into_iter()
            .map(|(name, text)| (name, unnamed_states(body(&text))))
            .filter(|(_, wrong)| !wrong.is_empty())
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
