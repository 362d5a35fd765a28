//! A file for whoever looks at it without drawing in it: with all that its page of prototypes needs, in one answer.

use super::library::listed;
use super::parts::cut::Cut;
use crate::error::{Error, Result};
use crate::features::Features;
use crate::font::{self, Of};
use crate::media::thumbnail;
use crate::permission::{self, Permissions, Seen};
use crate::share_link;
use crate::team::roster::{self, Member};
use entities::ids::{FileId, StorageObjectId};
use entities::{file, project, share_link as link, team, team_font_variant};
use platform::app::App;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What small pictures of boards are for.
const BOARDS: &str = "frame";

/// A file, and what stands around it.
#[derive(Clone, Debug)]
pub struct Viewed {
    /// The file.
    pub file: file::Model,
    /// What is shown of its document.
    pub cut: Cut,
    /// The project.
    pub project: project::Model,
    /// The team.
    pub team: team::Model,
    /// What the caller may do.
    pub permissions: Permissions,
    /// The caller is a member of the team.
    pub is_in_team: bool,
    /// The members of the team; to whoever is none with hints of their addresses.
    pub members: Vec<Member>,
    /// The team's fonts.
    pub fonts: Vec<team_font_variant::Model>,
    /// The file's links, for those who have a role.
    pub links: Vec<link::Model>,
    /// The file's libraries.
    pub libraries: Vec<Library>,
    /// Small pictures of the boards that are shown, by what they show.
    pub thumbnails: BTreeMap<String, StorageObjectId>,
}

/// A library that comes with a file.
#[derive(Clone, Debug)]
pub struct Library {
    /// How the file uses it.
    pub listed: listed::Library,
    /// The library.
    pub file: file::Model,
    /// What is shown of its document.
    pub cut: Cut,
}

/// All of it, for a client that declares its features or does not. By a link there are its pages only, of libraries no
/// page at all, and no other link.
///
/// # Errors
/// `file-version-not-supported`, `feature-not-supported`, `file-feature-mismatch`, `file-in-components-v1`.
pub async fn bundle(
    app: &App,
    conn: &impl ConnectionTrait,
    seen: &Seen,
    client: Option<&Features>,
) -> Result<Viewed> {
    let opened = super::get(app, conn, &seen.file, client).await?;
    let project = project::Entity::find_by_id(opened.file.project_id).one(conn).await?;
    let member = match permission::team_viewer(conn, seen.file.caller(), opened.team_id).await {
        Err(Error::NotFound) => None,
        member => Some(member?),
    };
    let is_in_team = member.is_some();
    let (members, team) = match member {
        Some(team) => (roster::members(conn, &team).await?, Some(team.into_inner())),
        None => {
            let team = team::Entity::find_by_id(opened.team_id).one(conn).await?;
            (roster::members_of_seen(conn, seen).await?, team)
        }
    };
    let links = match seen.link() {
        None => share_link::list(conn, &seen.file).await?,
        Some(_) => vec![],
    };
    Ok(Viewed {
        cut: Cut::viewed(seen.link().map(|link| link.pages.as_slice())),
        project: project.ok_or(Error::NotFound)?,
        team: team.ok_or(Error::NotFound)?,
        permissions: opened.permissions,
        is_in_team,
        members,
        fonts: font::list(conn, Of::File(&seen.file)).await?,
        links,
        libraries: libraries(conn, seen).await?,
        thumbnails: thumbnails(conn, seen).await?,
        file: opened.file,
    })
}

async fn libraries(conn: &impl ConnectionTrait, seen: &Seen) -> Result<Vec<Library>> {
    let listed = listed::of_seen(conn, seen).await?;
    if listed.is_empty() {
        return Ok(vec![]);
    }
    let rows = file::Entity::find().filter(file::Column::Id.is_in(listed.iter().map(|library| library.id)));
    let rows = rows.all(conn).await?.into_iter().map(|row| (row.id, row));
    let mut rows: HashMap<FileId, file::Model> = rows.collect();
    let cut = || seen.link().map_or(Cut::NOTHING, |_| Cut::library());
    let with_row = |listed: listed::Library| {
        let file = rows.remove(&listed.id)?;
        Some(Library { listed, file, cut: cut() })
    };
    Ok(listed.into_iter().filter_map(with_row).collect())
}

async fn thumbnails(conn: &impl ConnectionTrait, seen: &Seen) -> Result<BTreeMap<String, StorageObjectId>> {
    let mut found = thumbnail::list(conn, &seen.file, Some(BOARDS.to_owned())).await?;
    // `<file>/<page>/<board>/frame`.
    let page = |object: &str| object.split('/').nth(1).and_then(|page| page.parse::<Uuid>().ok());
    found.retain(|object, _| page(object).is_some_and(|page| seen.shows(page)));
    Ok(found)
}
