//! Whether a batch fits the file as it is.

use super::batch::Batch;
use super::current::Current;
use crate::error::{Error, ErrorKind, Result};
use crate::features::{self, Features};
use document::file::VERSION;
use platform::app::App;
use transit::value::Value;

/// The features that the file has afterwards.
///
/// # Errors
/// See [`super::update`].
pub(super) fn check(app: &App, current: &Current, batch: &Batch) -> Result<Features> {
    if current.version > VERSION {
        let hint = "the file was made by a newer server";
        return Err(Error::restriction("file-version-not-supported").hint(hint));
    }
    let of_team = features::of_team(&features::enabled(&app.config.flags), &current.team_features);
    let of_file: Features = current.features.iter().cloned().collect();
    features::check_client(&of_team, batch.features.as_ref())?;
    features::check_file(&of_team, &of_file)?;
    let numbers = |error: Error, [incoming, stored]: [&'static str; 2], sent: i64, own: i64| {
        error.with(incoming, Value::Int(sent)).with(stored, Value::Int(own))
    };
    if batch.vern != i64::from(current.vern) {
        let error = Error::refused(ErrorKind::Conflict, "vern-conflict")
            .hint("the file was restored from a snapshot: open it again");
        return Err(numbers(error, ["incoming-vern", "stored-vern"], batch.vern, current.vern.into()));
    }
    if batch.revn > current.revn {
        let error = Error::validation("revn-conflict").hint("the file is not at this revision yet");
        return Err(numbers(error, ["incoming-revn", "stored-revn"], batch.revn, current.revn));
    }
    Ok(features::for_changed_file(&of_team, of_file))
}
