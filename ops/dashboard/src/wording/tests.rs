//! Sentences, case by case.

use super::*;
use chrono::TimeDelta;
use domain::deletion::parts::PARTS;
use domain::storage::plan::Action;
use domain::storage::scrub::Kind;
use entities::ids::StorageObjectId;
use entities::storage_object::{Backend, BucketName, State};
use uuid::Uuid;

fn at(hour: u32) -> DateTime<Utc> {
    format!("2026-05-01T{hour:02}:00:00.123456Z").parse().expect("a moment")
}

fn item(action: Action, state: State) -> Item {
    Item {
        id: StorageObjectId(Uuid::nil()),
        action,
        bucket: BucketName::Profile.into(),
        backend: Backend::Fs.into(),
        bytes: 7,
        touched_by: Some("profile-photo-replaced".to_owned()),
        hidden_at: Some(at(2)),
        state,
        touched_at: Some(at(1)),
        deleted_at: Some(at(3)),
    }
}

fn finding(detail: &str, repair: Option<&str>) -> Finding {
    Finding {
        object_id: Uuid::nil(),
        backend: Backend::S3.to_string(),
        kind: Kind::Size.into(),
        size: 9,
        detail: detail.to_owned(),
        found_at: at(1),
        repair: repair.map(str::to_owned),
    }
}

#[test]
fn a_verdict_says_what_happens_and_when() {
    let sentence = |verdict| fate(&verdict, Some("file-media-object-purged"));
    assert_eq!(sentence(Verdict::Referenced { count: 1 }), "Kept: 1 row refers to it.");
    assert_eq!(sentence(Verdict::Referenced { count: 2 }), "Kept: 2 rows refer to it.");
    assert_eq!(
        sentence(Verdict::Unreferenced { touched_at: at(1), hidden_after: at(3), grace: TimeDelta::days(7) }),
        "Goes: nothing refers to it. Touched at 2026-05-01 01:00:00 UTC (a picture in a file was purged); the first \
         sweep after 2026-05-01 03:00:00 UTC hides it, and it goes 168 h later."
    );
    assert_eq!(
        sentence(Verdict::Hidden { since: None, until: at(4) }),
        "Goes at 2026-05-01 04:00:00 UTC: hidden, because nothing refers to it (touched last: a picture in a file was \
         purged). Until then `atelier storage restore` brings it back."
    );
    assert!(
        sentence(Verdict::Hidden { since: Some(at(2)), until: at(4) })
            .contains("hidden since 2026-05-01 02:00:00 UTC,")
    );
    assert!(
        fate(&Verdict::Hidden { since: None, until: at(4) }, None)
            .contains("(touched last: nothing is known)")
    );
}

#[test]
fn what_touched_a_blob_is_told_and_old_sentences_stand() {
    assert_eq!(touched_by("restored-by ana@example.com"), "ana@example.com brought it back");
    assert_eq!(touched_by("team-font-variant-purged"), "a font was purged");
    for unknown in ["a font was purged", "file-hologram-purged", "something-newer", ""] {
        assert_eq!(touched_by(unknown), unknown);
    }
}

#[test]
fn every_purge_that_touches_blobs_has_its_sentence() {
    for part in PARTS.iter().filter(|part| !part.blobs.is_empty() && part.is_soft_deleted()) {
        let code = TouchReason::Purged(part.code()).to_string();
        assert_ne!(touched_by(&code), code, "{}", part.table);
    }
}

#[test]
fn a_plan_says_why() {
    assert_eq!(
        cause(&item(Action::Hide, State::Valid)),
        "nothing refers to it; touched at 2026-05-01 01:00:00 UTC: a person's photo was replaced"
    );
    assert_eq!(cause(&item(Action::GiveUp, State::Pending)), "its upload never ended");
    assert_eq!(
        cause(&item(Action::Remove, State::Valid)),
        "nothing refers to it; hidden since 2026-05-01 02:00:00 UTC, its time of grace ended at 2026-05-01 03:00:00 UTC"
    );
    assert_eq!(
        cause(&item(Action::Remove, State::Deleting)),
        "its removal began at 2026-05-01 03:00:00 UTC and was not finished"
    );
    assert_eq!(refusal(Refusal::InGrace(at(5))), "its time of grace ends at 2026-05-01 05:00:00 UTC");
}

#[test]
fn findings_are_told_and_old_sentences_stand() {
    assert_eq!(detail(&finding("size-is 7", None)), "7 bytes instead of 9");
    assert_eq!(detail(&finding("backend-unconfigured", None)), "the backend s3 is not configured here");
    assert_eq!(
        detail(&finding(&Detail::NoRow(Some(at(1))).to_string(), None)),
        "no row accounts for them; written at 2026-05-01 01:00:00 UTC"
    );
    assert_eq!(detail(&finding("there are no bytes", None)), "there are no bytes");
    assert_eq!(repair(&finding("no-bytes", None)), None);
    assert_eq!(
        repair(&finding("no-bytes", Some("from-copy fs"))).as_deref(),
        Some("written again from its copy on fs")
    );
    assert_eq!(repair(&finding("no-bytes", Some("mended by hand"))).as_deref(), Some("mended by hand"));
}

#[test]
fn every_code_of_a_problem_has_its_sentence() {
    for code in domain::file::check::codes() {
        assert_ne!(problem(code), code);
    }
    assert_eq!(problem("something-newer"), "something-newer");
}

#[test]
fn whoever_cannot_join_reads_what_helps() {
    assert!(cannot_join(&JoinError::NoSecret).contains("PENPOT_SECRET_KEY is not set"));
    assert!(cannot_join(&JoinError::WrongSecret).ends_with("run `atelier migrate --accept-secret`"));
    let directory = cannot_join(&JoinError::WrongDirectory("/srv/blobs".into()));
    assert!(
        directory.contains("are not in /srv/blobs: set PENPOT_OBJECTS_STORAGE_FS_DIRECTORY"),
        "{directory}"
    );
}
