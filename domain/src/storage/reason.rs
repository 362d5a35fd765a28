//! Why a sweep is told to look at a blob: a code in its row, for those who show it to turn into words.

use std::fmt;

/// Ends the code of whatever was purged.
const PURGED: &str = "-purged";
/// Begins the code of a restore; who did it stands behind.
const RESTORED_BY: &str = "restored-by ";

/// What happened to a blob, or to what referred to it. As text it is a short kebab-case code, which
/// `storage_object.touched_by` keeps; rows of before have a sentence there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TouchReason {
    /// It is new.
    Stored,
    /// The same content came again.
    StoredAgain,
    /// A reference to it is about to be stored.
    Referenced,
    /// Another piece came in place of this one.
    UploadPartReplaced,
    /// The upload that it is a piece of became a whole.
    UploadAssembled,
    /// The upload that it is a piece of was never put together.
    UploadAbandoned,
    /// A person has another photo, or none.
    ProfilePhotoReplaced,
    /// A team has another photo.
    TeamPhotoReplaced,
    /// A file, a board or a component has another thumbnail.
    ThumbnailReplaced,
    /// A scrub saw that nothing refers to it.
    FoundUnused,
    /// It was due to go, and something still referred to it.
    DueButReferenced,
    /// Somebody brought it back: an address, or an operator.
    RestoredBy(String),
    /// A row that referred to it was purged: the label of its table in the list of parts, such as `file-media-object`.
    Purged(String),
}

impl TouchReason {
    /// The reasons that are one word.
    const PLAIN: [TouchReason; 11] = [
        TouchReason::Stored,
        TouchReason::StoredAgain,
        TouchReason::Referenced,
        TouchReason::UploadPartReplaced,
        TouchReason::UploadAssembled,
        TouchReason::UploadAbandoned,
        TouchReason::ProfilePhotoReplaced,
        TouchReason::TeamPhotoReplaced,
        TouchReason::ThumbnailReplaced,
        TouchReason::FoundUnused,
        TouchReason::DueButReferenced,
    ];

    /// What a row says; none for what this program does not know, such as the sentences of before.
    pub fn parse(text: &str) -> Option<TouchReason> {
        if let Some(who) = text.strip_prefix(RESTORED_BY) {
            return Some(TouchReason::RestoredBy(who.to_owned()));
        }
        if let Some(label) = text.strip_suffix(PURGED).filter(|label| is_label(label)) {
            return Some(TouchReason::Purged(label.to_owned()));
        }
        Self::PLAIN.into_iter().find(|reason| reason.to_string() == text)
    }
}

fn is_label(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

impl fmt::Display for TouchReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match self {
            TouchReason::Stored => "stored",
            TouchReason::StoredAgain => "stored-again",
            TouchReason::Referenced => "referenced",
            TouchReason::UploadPartReplaced => "upload-part-replaced",
            TouchReason::UploadAssembled => "upload-assembled",
            TouchReason::UploadAbandoned => "upload-abandoned",
            TouchReason::ProfilePhotoReplaced => "profile-photo-replaced",
            TouchReason::TeamPhotoReplaced => "team-photo-replaced",
            TouchReason::ThumbnailReplaced => "thumbnail-replaced",
            TouchReason::FoundUnused => "found-unused",
            TouchReason::DueButReferenced => "due-but-referenced",
            TouchReason::RestoredBy(who) => return write!(f, "{RESTORED_BY}{who}"),
            TouchReason::Purged(label) => return write!(f, "{label}{PURGED}"),
        };
        f.write_str(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_its_code() {
        let who = TouchReason::RestoredBy("ana@example.com".to_owned());
        let purged = TouchReason::Purged("file-media-object".to_owned());
        assert_eq!(who.to_string(), "restored-by ana@example.com");
        assert_eq!(purged.to_string(), "file-media-object-purged");
        for reason in TouchReason::PLAIN.into_iter().chain([who, purged]) {
            assert_eq!(TouchReason::parse(&reason.to_string()), Some(reason));
        }
    }

    #[test]
    fn sentences_of_before_are_no_codes() {
        for old in ["it was stored", "a font was purged", "eve brought it back", "something un-purged", ""] {
            assert_eq!(TouchReason::parse(old), None, "{old}");
        }
    }
}
