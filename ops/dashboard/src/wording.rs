//! What the rules say, in sentences: why a blob stays or goes, what a scrub found, why something was refused. The pages
//! and the commands take them from here, so that both say the same.

mod document;

pub use document::problem;

use chrono::{DateTime, Utc};
use domain::instance::JoinError;
use domain::storage::plan::{Cause, Item, Refusal};
use domain::storage::reason::TouchReason;
use domain::storage::scrub::{Detail, Finding, Repair};
use domain::storage::why::{RestoreError, Verdict, Why};

/// A moment inside of a sentence.
fn exact(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The fate of a blob, in a few sentences. What stands between backticks is what somebody types.
pub fn verdict(why: &Why) -> String {
    let mut text = fate(&why.verdict, why.object.touched_by.as_deref());
    if why.lacks_bytes() {
        text.push_str(" Its bytes are not there: a scrub can look for others of the same content.");
    }
    text
}

fn fate(verdict: &Verdict, touched: Option<&str>) -> String {
    let by = touched.map_or_else(|| "nothing is known".to_owned(), touched_by);
    let refer = |count: usize| match count {
        1 => "1 row refers".to_owned(),
        many => format!("{many} rows refer"),
    };
    match *verdict {
        Verdict::UnknownBucket => {
            "Kept: this server does not know its bucket, and leaves it alone.".to_owned()
        }
        Verdict::Referenced { count } => format!("Kept: {} to it.", refer(count)),
        Verdict::ReferencedByDeleted { count, last_purged_at } => format!(
            "Kept for now: {} to it, in things that were deleted; the last is purged at {}, and then its own time of \
             grace begins.",
            refer(count),
            exact(last_purged_at)
        ),
        Verdict::HiddenButReferenced { until } => format!(
            "Stays: hidden until {}, but something refers to it, so the sweep brings it back.",
            exact(until)
        ),
        Verdict::Overlooked => {
            "Stays, although nothing refers to it: nothing told the sweep to look. A scrub that \
                                repairs `unused` does."
                .to_owned()
        }
        Verdict::Uploading { until } => {
            format!(
                "Its bytes are on their way; an upload that has not ended by {} is given up.",
                exact(until)
            )
        }
        Verdict::Unreferenced { touched_at, hidden_after, grace } => format!(
            "Goes: nothing refers to it. Touched at {} ({by}); the first sweep after {} hides it, and it goes {} h \
             later.",
            exact(touched_at),
            exact(hidden_after),
            grace.num_hours()
        ),
        Verdict::Hidden { since, until } => {
            let since = since.map_or_else(String::new, |at| format!(" since {}", exact(at)));
            format!(
                "Goes at {}: hidden{since}, because nothing refers to it (touched last: {by}). Until then `atelier \
                 storage restore` brings it back.",
                exact(until)
            )
        }
        Verdict::BeingRemoved => {
            "Goes now: nothing referred to it, and its bytes are being removed.".to_owned()
        }
    }
}

/// What touched a blob last, as its row says. What is no code of ours stands as it is.
pub fn touched_by(row: &str) -> String {
    let text = match TouchReason::parse(row) {
        Some(TouchReason::Stored) => "it was stored",
        Some(TouchReason::StoredAgain) => "the same content was stored again",
        Some(TouchReason::Referenced) => "something began to refer to it",
        Some(TouchReason::UploadPartReplaced) => "a part of an upload was sent again",
        Some(TouchReason::UploadAssembled) => "an upload was put together",
        Some(TouchReason::UploadAbandoned) => "an upload was given up",
        Some(TouchReason::ProfilePhotoReplaced) => "a person's photo was replaced",
        Some(TouchReason::TeamPhotoReplaced) => "a team's photo was replaced",
        Some(TouchReason::ThumbnailReplaced) => "a thumbnail was drawn again",
        Some(TouchReason::FoundUnused) => "a scrub found that nothing refers to it",
        Some(TouchReason::DueButReferenced) => "it was due, and something still referred to it",
        Some(TouchReason::RestoredBy(who)) => return format!("{who} brought it back"),
        Some(TouchReason::Purged(label)) => return purged(&label).unwrap_or(row).to_owned(),
        None => row,
    };
    text.to_owned()
}

/// By the code of a table of the list of parts.
fn purged(code: &str) -> Option<&'static str> {
    Some(match code {
        "profile" => "a person was purged",
        "team" => "a team was purged",
        "team-font-variant" => "a font was purged",
        "file-data" => "a document was purged",
        "file-media-object" => "a picture in a file was purged",
        "file-thumbnail" => "the thumbnail of a file was purged",
        "file-tagged-object-thumbnail" => "the thumbnail of a frame was purged",
        _ => return None,
    })
}

/// Why a plan has this item.
pub fn cause(item: &Item) -> String {
    let at = |at: Option<DateTime<Utc>>| at.map_or_else(|| "an unknown time".to_owned(), exact);
    match item.cause() {
        Cause::Unreferenced => {
            let by = item.touched_by.as_deref().map_or_else(|| "unknown".to_owned(), touched_by);
            format!("nothing refers to it; touched at {}: {by}", at(item.touched_at))
        }
        Cause::UploadNeverEnded => "its upload never ended".to_owned(),
        Cause::GraceOver => format!(
            "nothing refers to it; hidden since {}, its time of grace ended at {}",
            at(item.hidden_at.or(item.deleted_at)),
            at(item.deleted_at)
        ),
        Cause::RemovalUnfinished => {
            format!("its removal began at {} and was not finished", at(item.deleted_at))
        }
    }
}

/// Why an item of a plan was not carried out.
pub fn refusal(refusal: Refusal) -> String {
    match refusal {
        Refusal::Gone => "there is no such blob any more".to_owned(),
        Refusal::Changed => "its situation changed since the plan was made".to_owned(),
        Refusal::InGrace(until) => format!("its time of grace ends at {}", exact(until)),
        Refusal::TouchedLately => "it was touched less than two hours ago".to_owned(),
        Refusal::NotDue => "no sweep is due to look at it".to_owned(),
        Refusal::Referenced => "something refers to it".to_owned(),
        Refusal::BytesStay => "its bytes would not go; the sweep tries again".to_owned(),
    }
}

/// What a scrub saw. What is no code of ours stands as it is.
pub fn detail(finding: &Finding) -> String {
    match Detail::parse(&finding.detail) {
        Some(Detail::NoBytes) => "there are no bytes".to_owned(),
        Some(Detail::BackendUnconfigured) => {
            format!("the backend {} is not configured here", finding.backend)
        }
        Some(Detail::SizeIs(size)) => format!("{size} bytes instead of {}", finding.size),
        Some(Detail::HashIs(sha256)) => format!("their SHA-256 is {sha256}"),
        Some(Detail::Unreadable(why)) => format!("they cannot be read: {why}"),
        Some(Detail::NoRow(None)) => "no row accounts for them".to_owned(),
        Some(Detail::NoRow(Some(at))) => format!("no row accounts for them; written at {}", exact(at)),
        Some(Detail::Unreferenced) => "nothing refers to it, and no sweep is due".to_owned(),
        None => finding.detail.clone(),
    }
}

/// What was done about a finding, if anything was. What is no code of ours stands as it is.
pub fn repair(finding: &Finding) -> Option<String> {
    let row = finding.repair.as_deref()?;
    Some(match Repair::parse(row) {
        Some(Repair::SweepTold) => "the sweep of blobs looks at it".to_owned(),
        Some(Repair::GivenToSweep) => "handed to the sweep of blobs, which removes them".to_owned(),
        Some(Repair::NotNeeded) => "not needed any more: it went, or moved".to_owned(),
        Some(Repair::FromCopy(backend)) => format!("written again from its copy on {backend}"),
        Some(Repair::FromBlob(id)) => format!("written again from blob {id}"),
        Some(Repair::NowhereElse) => "could not be mended: the same content is nowhere else".to_owned(),
        None => row.to_owned(),
    })
}

/// Why a blob does not come back.
pub fn not_restorable(error: &RestoreError) -> String {
    match error {
        RestoreError::NotHidden => "it is not hidden".to_owned(),
        RestoreError::BytesMissing => "its bytes are not there".to_owned(),
        RestoreError::BeingRemoved => "its bytes are being removed".to_owned(),
        RestoreError::Failed(domain::Error::NotFound) => "there is no such blob".to_owned(),
        RestoreError::Failed(error) => error.to_string(),
    }
}

/// Why a process may not take part in an installation, and what helps.
pub fn cannot_join(error: &JoinError) -> String {
    match error {
        JoinError::NoSecret => "PENPOT_SECRET_KEY is not set, and the data directory has none: jobs would send links \
                                that nobody can open"
            .to_owned(),
        JoinError::WrongSecret => "PENPOT_SECRET_KEY is not the one this installation was started with: sessions and \
                                   links in mails would not fit. Set the right one, or, to go on with this one, run \
                                   `atelier migrate --accept-secret`"
            .to_owned(),
        JoinError::WrongDirectory(directory) => format!(
            "the blobs of this installation are not in {}: set PENPOT_OBJECTS_STORAGE_FS_DIRECTORY (every process \
             needs the same directory), or use another PENPOT_OBJECTS_STORAGE_BACKEND",
            directory.display()
        ),
        JoinError::Failed(error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
