//! The development mailbox: every mail as an `.eml` and a `.json` file in one directory.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use uuid::Uuid;

use super::error::MailError;
use super::message::{Message, Sender};

/// A mail that was kept instead of sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredMail {
    /// Names it in the mailbox; sorts by time.
    pub id: String,
    /// When it was handed over.
    pub sent_at: DateTime<Utc>,
    /// Who it comes from.
    pub from: String,
    /// Who it is for.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text form.
    pub text: String,
    /// Its HTML form.
    pub html: String,
    /// Its own headers.
    pub headers: Vec<(String, String)>,
    /// Who an answer goes to, when that is not the one of all mails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The texts that came along as files: name and content.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<(String, String)>,
}

/// Mails kept; the oldest go first.
const MAILS_MAX: usize = 1000;
/// A file larger than this was not written by us.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

impl StoredMail {
    pub(super) fn of(id: Uuid, sender: &Sender, message: &Message, at: DateTime<Utc>) -> StoredMail {
        StoredMail {
            id: id.simple().to_string(),
            sent_at: at,
            from: sender.from.to_string(),
            to: message.to.clone(),
            subject: message.subject_line(),
            text: message.text.clone(),
            html: message.html.clone(),
            headers: message.headers.clone(),
            reply_to: message.reply_to.clone(),
            attachments: message
                .attachments
                .iter()
                .map(|one| (one.name.to_owned(), one.text.clone()))
                .collect(),
        }
    }
}

/// The directory.
#[derive(Clone, Debug)]
pub(super) struct Mailbox {
    directory: PathBuf,
}

impl Mailbox {
    pub(super) fn open(directory: &Path) -> Result<Mailbox, MailError> {
        let refused = |error: io::Error| {
            MailError::Unusable(format!("the mail directory {} cannot be made: {error}", directory.display()))
        };
        fs::create_dir_all(directory).map_err(refused)?;
        Ok(Mailbox { directory: directory.canonicalize().map_err(refused)? })
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Keeps a mail; readers see it whole or not at all.
    pub(super) async fn keep(&self, mail: StoredMail, eml: Vec<u8>) -> Result<(), MailError> {
        self.blocking(move |directory| {
            let json = serde_json::to_vec_pretty(&mail)?;
            write(directory, &format!("{}.eml", mail.id), &eml)?;
            // Last, because listing looks for this one.
            write(directory, &format!("{}.json", mail.id), &json)?;
            for old in ids(directory)?.into_iter().skip(MAILS_MAX) {
                remove(directory, &old);
            }
            Ok(())
        })
        .await
    }

    pub(super) async fn newest(&self, limit: usize) -> Result<Vec<StoredMail>, MailError> {
        self.blocking(move |directory| {
            let newest = ids(directory)?.into_iter().take(limit);
            Ok(newest.filter_map(|id| read(directory, &id).transpose()).filter_map(Result::ok).collect())
        })
        .await
    }

    pub(super) async fn get(&self, id: &str) -> Result<Option<StoredMail>, MailError> {
        if !is_id(id) {
            return Ok(None);
        }
        let id = id.to_owned();
        self.blocking(move |directory| read(directory, &id)).await
    }

    pub(super) async fn check(&self) -> Result<(), MailError> {
        self.blocking(|directory| {
            let mut probe = NamedTempFile::new_in(directory)?;
            probe.write_all(b"probe")
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, MailError> {
        let directory = self.directory.clone();
        let done = tokio::task::spawn_blocking(move || work(&directory)).await;
        done.map_err(io::Error::other).and_then(|result| result).map_err(MailError::Mailbox)
    }
}

/// 32 hexadecimal digits: nothing that could leave the directory.
fn is_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// All ids, newest first.
fn ids(directory: &Path) -> io::Result<Vec<String>> {
    let mut ids = vec![];
    for entry in fs::read_dir(directory)? {
        let name = entry?.file_name();
        let id = name.to_str().and_then(|name| name.strip_suffix(".json"));
        ids.extend(id.filter(|id| is_id(id)).map(str::to_owned));
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    Ok(ids)
}

fn write(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    // Mode 0600: mails carry links that let people in.
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.persist(directory.join(name)).map_err(|error| error.error)?;
    Ok(())
}

/// `None` when it is gone; an error when it is not one of ours.
fn read(directory: &Path, id: &str) -> io::Result<Option<StoredMail>> {
    let file = match File::open(directory.join(format!("{id}.json"))) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if file.metadata()?.len() > FILE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is too large for a mail"));
    }
    let mail: StoredMail = serde_json::from_reader(io::BufReader::new(file))?;
    Ok(Some(StoredMail { id: id.to_owned(), ..mail }))
}

fn remove(directory: &Path, id: &str) {
    for ending in ["json", "eml"] {
        // Another process may remove the same one.
        let _ = fs::remove_file(directory.join(format!("{id}.{ending}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(id: &str) -> StoredMail {
        StoredMail {
            id: id.to_owned(),
            sent_at: DateTime::UNIX_EPOCH,
            from: "a@example.com".to_owned(),
            to: "b@example.com".to_owned(),
            subject: id.to_owned(),
            text: String::new(),
            html: String::new(),
            headers: vec![],
            reply_to: None,
            attachments: vec![],
        }
    }

    #[tokio::test]
    async fn lists_the_newest_first_and_forgets_the_oldest() {
        let directory = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::open(&directory.path().join("mail")).unwrap();
        let id = |n: usize| format!("{n:032x}");
        for n in 0..MAILS_MAX {
            fs::write(mailbox.directory().join(format!("{}.json", id(n))), b"not ours").unwrap();
        }
        mailbox.keep(mail(&id(MAILS_MAX)), b"eml".to_vec()).await.unwrap();
        mailbox.keep(mail(&id(MAILS_MAX + 1)), b"eml".to_vec()).await.unwrap();
        let newest = mailbox.newest(10).await.unwrap();
        assert_eq!(
            newest.iter().map(|mail| mail.id.clone()).collect::<Vec<_>>(),
            [id(MAILS_MAX + 1), id(MAILS_MAX)]
        );
        assert_eq!(ids(mailbox.directory()).unwrap().len(), MAILS_MAX);
        assert_eq!(mailbox.newest(1).await.unwrap().len(), 1);
        assert!(mailbox.directory().join(format!("{}.eml", id(MAILS_MAX))).exists());
        mailbox.check().await.unwrap();
    }

    #[tokio::test]
    async fn ids_stay_inside() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("secret.json"), b"{}").unwrap();
        let mailbox = Mailbox::open(&directory.path().join("mail")).unwrap();
        for id in ["../secret", "", "..", &"a".repeat(31), &"G".repeat(32), "/etc/passwd"] {
            assert_eq!(mailbox.get(id).await.unwrap(), None, "{id}");
        }
        mailbox.keep(mail(&"a".repeat(32)), vec![]).await.unwrap();
        assert!(mailbox.get(&"a".repeat(32)).await.unwrap().is_some());
        assert_eq!(mailbox.get(&"b".repeat(32)).await.unwrap(), None);
    }
}
