//! Get a file for looking at, with its libraries and all that stands around it.

use crate::{
    http::cookie::SetCookie,
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::{Access, Method},
        permits::{ConcurrencyLimit, VIEWS},
        tx_mode::TxMode,
    },
    views::{
        file::{File, page_form},
        font::FontVariant,
        share_link::ShareLink,
        viewed::{ViewedLibrary, ViewedMember, ViewedProject, ViewedTeam, ViewerPermissions},
    },
    wire::{Document, Map, Set},
};
use domain::{
    features::Features,
    file::{
        parts::{cut::Cut, read},
        viewed,
    },
    permission,
};
use entities::{file, ids::FileId};
use platform::config::Rate;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-view-only-bundle`.
pub struct GetViewOnlyBundle;

/// Which file, and by which link.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// A link that shares the file: with it, its pages can be looked at without a role and without signing in.
    share_id: Option<Uuid>,
    /// Document features that the client knows.
    #[oai(validator(max_items = 100))]
    features: Option<Set<String>>,
}

/// A file, and what stands around it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The members of the team.
    users: Vec<ViewedMember>,
    /// The same.
    profiles: Vec<ViewedMember>,
    /// The team's fonts.
    fonts: Vec<FontVariant>,
    /// The project.
    project: ViewedProject,
    /// The file's links, to those who have a role.
    share_links: Vec<ShareLink>,
    /// Small pictures of boards, as storage objects, by `<file>/<page>/<board>/frame`.
    thumbnails: Map<String, Uuid>,
    /// The team.
    team: ViewedTeam,
    /// What the caller may do.
    permissions: ViewerPermissions,
    /// The file. Of its document there are pages and components; by a link, the link's pages.
    file: File,
    /// Its libraries; by a link, without their pages.
    libraries: Vec<ViewedLibrary>,
}

impl Method for GetViewOnlyBundle {
    const NAME: &'static str = "get-view-only-bundle";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const RATES: &'static [Rate] = &[Rate::per_minute(240)];
    const PERMITS: &'static [ConcurrencyLimit] = VIEWS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Restriction, "file-version-not-supported"),
        (Fault::Restriction, "feature-not-supported"),
        (Fault::Restriction, "file-feature-mismatch"),
        (Fault::Restriction, "file-in-components-v1"),
    ];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let (tx, id) = (ctx.tx()?, FileId(params.file_id));
        let seen = permission::file_seen(tx, ctx.profile(), id, params.share_id).await?;
        let known: Option<Features> = params.features.map(|known| known.0.into_iter().collect());
        let viewed = viewed::bundle(ctx.app(), tx, &seen, known.as_ref()).await?;
        if let (Some(_), Some(link)) = (seen.link(), params.share_id) {
            // For the pictures, which its page asks for by themselves.
            ctx.set_cookie(SetCookie::link(link, &ctx.call().links));
        }
        let permissions = ViewerPermissions::new(&viewed, seen.link(), ctx.profile().is_some());
        let to_member = viewed.is_in_team;
        let members = viewed.members.into_iter().map(|member| ViewedMember::new(member, to_member));
        let members: Vec<ViewedMember> = members.collect();
        let with_document = |mut library: viewed::Library| {
            let cut = std::mem::replace(&mut library.cut, Cut::NOTHING);
            let data = document(ctx, &library.file, cut)?;
            Ok(ViewedLibrary::new(library, data))
        };
        let data = document(ctx, &viewed.file, viewed.cut)?;
        Ok(Output {
            users: members.clone(),
            profiles: members,
            fonts: viewed.fonts.into_iter().map(FontVariant::from).collect(),
            share_links: viewed.links.into_iter().map(ShareLink::from).collect(),
            thumbnails: Map(viewed.thumbnails.into_iter().map(|(key, id)| (key, id.into())).collect()),
            libraries: viewed.libraries.into_iter().map(with_document).collect::<Result<_>>()?,
            file: File::new(viewed.file, viewed.team.id, data),
            project: viewed.project.into(),
            team: ViewedTeam::new(viewed.team, permissions.clone()),
            permissions,
        })
    }
}

/// A document that is read while it is sent. Its shapes are always at hand: viewers draw all of them.
fn document(ctx: &Ctx, row: &file::Model, cut: Cut) -> Result<Document> {
    let (app, tx, row, form) =
        (ctx.app().clone(), ctx.tx_of_document()?, row.clone(), page_form(ctx.call().format));
    Ok(Document::made(
        move |pieces| async move { read::send_cut(&app, &tx, &row, &cut, form, &pieces).await },
    ))
}
