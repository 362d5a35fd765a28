//! Blobs by HTTP: streamed from here, or handed to the front server when one is configured.

use super::{
    cookie,
    range::{self, RequestedRange},
};
use crate::{
    State,
    rpc::{
        caller,
        error::{Error, Fault, Result},
        format::{self, Format},
    },
};
use chrono::{DateTime, Utc};
use domain::{
    media,
    storage::{
        self,
        access::{self, Verdict, Viewer},
    },
};
use entities::{
    ids::{MediaId, StorageObjectId},
    storage_object::{Backend, Model as Object},
};
use futures_util::TryStreamExt;
use platform::storage::{BlobError, Blobs};
use poem::{
    Body, Endpoint, Request, Response, ResponseBuilder,
    http::{Method, StatusCode, header},
};
use std::{ops::Range, time::Duration};
use uuid::Uuid;

/// Seconds a browser may keep a blob. Blobs never change; this bounds how long a deleted one is still shown.
const AGE_MAX: u64 = 24 * 3600;
/// A presigned link outlives the answer that carries it, which a browser may keep for `AGE_MAX`.
const LINK_LIFE: Duration = Duration::from_secs(AGE_MAX + 15 * 60);
/// Drawings are documents: nothing in them runs, and nothing from elsewhere is loaded. Pictures and fonts that they
/// bring along are theirs.
const DOCUMENT_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox";

/// How a blob is named in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By its own id.
    Object,
    /// By the id of the picture in a file.
    Media,
    /// By the id of the picture, the small version of it; the picture itself when there is none.
    Thumbnail,
}

/// One of the three asset routes; `:id` in its path.
pub struct Assets {
    /// What it works with.
    pub state: State,
    /// What `:id` names.
    pub by: By,
}

impl Endpoint for Assets {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let id = request.raw_path_param("id").and_then(|id| id.parse().ok());
        let answer = match id {
            // Nothing waits here, as calls do: a page asks for hundreds of pictures at once.
            Some(id) => self.find_and_serve(&request, id).await.map_err(Error::or_unavailable),
            None => Err(Error::new(Fault::NotFound, "object-not-found")),
        };
        Ok(answer.unwrap_or_else(|error| {
            if error.fault().is_ours() {
                tracing::error!(path = request.uri().path(), reason = %error.chain(), "asset failed");
            }
            format::error(Format::of(&request, false), &error, "GET, HEAD")
        }))
    }
}

impl Assets {
    async fn find_and_serve(&self, request: &Request, id: Uuid) -> Result<Response> {
        let app = &self.state.app;
        let now = app.now();
        let profile = caller::of(app, request, now).await?.profile;
        let mut found = self.find(id, Viewer { profile, share: share(request) }, now).await?;
        for link in cookie::links(request) {
            if found.as_ref().is_none_or(|(_, verdict)| *verdict != Verdict::Denied) {
                break;
            }
            found = self.find(id, Viewer { profile, share: Some(link) }, now).await?;
        }
        let Some((object, verdict)) = found else { return Ok(StatusCode::NOT_FOUND.into()) };
        if verdict == Verdict::Denied {
            // Somebody who is signed in learns no more than that there is nothing for them.
            let nobody = profile.is_none();
            return Ok(if nobody { StatusCode::UNAUTHORIZED } else { StatusCode::NOT_FOUND }.into());
        }
        let head = head(&object, verdict == Verdict::Open);
        match (app.config.http.assets_path.as_deref(), object.backend.known()) {
            (Some(front), Some(Backend::Fs)) => Ok(to_front(head, front, &object)),
            (Some(_), Some(Backend::S3)) => self.to_bucket(head, &object).await,
            _ => self.stream(head, request, &object).await,
        }
    }

    /// What the path names, and whether this viewer may read it.
    async fn find(&self, id: Uuid, viewer: Viewer, now: DateTime<Utc>) -> Result<Option<(Object, Verdict)>> {
        let app = &self.state.app;
        let is_open = app.config.http.public_file_media;
        let small = match self.by {
            By::Object => {
                let Some(object) = storage::find(&app.db, StorageObjectId(id), now).await? else {
                    return Ok(None);
                };
                let verdict = access::of_object(&app.db, &object, viewer, is_open).await?;
                return Ok(Some((object, verdict)));
            }
            By::Media => false,
            By::Thumbnail => true,
        };
        Ok(media::asset(&app.db, MediaId(id), small, viewer, is_open, now).await?)
    }

    /// A link into the bucket, which the front server follows for the browser.
    async fn to_bucket(&self, head: ResponseBuilder, object: &Object) -> Result<Response> {
        let presigned = self.state.app.blobs.presign(object.id.0, LINK_LIFE, &object.content_type).await;
        let link = presigned.map_err(|e| Error::internal("unexpected", e))?;
        let host = match (link.host_str().unwrap_or_default(), link.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        Ok(head
            .status(StatusCode::TEMPORARY_REDIRECT)
            .header(header::LOCATION, link.as_str())
            .header("x-host", host)
            .header("x-mtype", object.content_type.as_str())
            .finish())
    }

    /// The bytes themselves, all or a range of them, unless the caller already has them.
    async fn stream(&self, head: ResponseBuilder, request: &Request, object: &Object) -> Result<Response> {
        let tag = tag(object);
        let head = head.header(header::ETAG, tag.as_str()).header(header::ACCEPT_RANGES, "bytes");
        if request.header(header::IF_NONE_MATCH).is_some_and(|seen| crate::rpc::etag::matches(seen, &tag)) {
            return Ok(head.status(StatusCode::NOT_MODIFIED).finish());
        }
        let size = u64::try_from(object.size).unwrap_or(0);
        // A range of another version than the caller has is of no use to it.
        let fresh = request.header(header::IF_RANGE).is_none_or(|seen| seen.trim() == tag);
        let asked = request.header(header::RANGE).filter(|_| fresh && request.method() == Method::GET);
        let (head, part) = match range::requested(asked, size) {
            RequestedRange::Whole => (head.status(StatusCode::OK), 0..size),
            RequestedRange::Part(part) => {
                let place = format!("bytes {}-{}/{size}", part.start, part.end - 1);
                (head.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, place), part)
            }
            RequestedRange::Unsatisfiable => {
                let place = format!("bytes */{size}");
                let head =
                    head.status(StatusCode::RANGE_NOT_SATISFIABLE).header(header::CONTENT_RANGE, place);
                return Ok(head.finish());
            }
        };
        let head = head.header(header::CONTENT_LENGTH, part.end - part.start);
        if request.method() == Method::HEAD {
            return Ok(head.finish());
        }
        match self.read(object, part).await {
            Ok(body) => Ok(head.body(body)),
            Err(error @ BlobError::NotFound { .. }) => {
                tracing::error!(object = %object.id, reason = %error, "a stored object has no bytes");
                Ok(StatusCode::NOT_FOUND.into())
            }
            Err(error) => Err(Error::internal("io-exception", error)),
        }
    }

    async fn read(&self, object: &Object, part: Range<u64>) -> std::result::Result<Body, BlobError> {
        let pieces = self.state.app.blobs.read_range(object.backend.as_str(), object.id.0, part).await?;
        Ok(Body::from_bytes_stream(pieces.map_err(std::io::Error::other)))
    }
}

/// The share link that a request names.
fn share(request: &Request) -> Option<Uuid> {
    let query = url::form_urlencoded::parse(request.uri().query()?.as_bytes());
    query.into_iter().find(|(name, _)| name == "share-id").and_then(|(_, id)| id.parse().ok())
}

/// The headers that every answer with this object has.
fn head(object: &Object, public: bool) -> ResponseBuilder {
    let age = if public { format!("max-age={AGE_MAX}") } else { format!("private, max-age={AGE_MAX}") };
    let head = Response::builder()
        .header(header::CONTENT_TYPE, object.content_type.as_str())
        .header(header::CACHE_CONTROL, age)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    let picture =
        matches!(object.content_type.as_str(), "image/jpeg" | "image/png" | "image/webp" | "image/gif");
    if picture { head } else { head.header(header::CONTENT_SECURITY_POLICY, DOCUMENT_POLICY) }
}

/// The front server sends the file from its own view of the directory.
fn to_front(head: ResponseBuilder, front: &str, object: &Object) -> Response {
    let path = format!("{}/{}", front.trim_end_matches('/'), Blobs::path(object.id.0));
    head.status(StatusCode::NO_CONTENT).header("x-accel-redirect", path).finish()
}

/// The content's hash names it well: equal bytes, equal tags.
fn tag(object: &Object) -> String {
    format!("\"{}\"", object.sha256)
}
