//! How much of something a person or a team may have, where it differs from the settings.

use crate::{
    badges,
    error::{PageError, Result},
    format::grouped,
    page_context::PageContext,
    tx::begin,
};
use domain::{
    admin::quota::{self, Holder, QUOTE_MAX},
    permission::Operator,
    quota::Target,
};
use entities::{
    ids::{ProfileId, TeamId},
    usage_quote::Model,
};
use maud::{Markup, html};
use uuid::Uuid;

/// Whose page it is.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    /// What a person may have, wherever they are.
    Person(ProfileId),
    /// What may be in a team, for everybody in it.
    Team(TeamId),
}

impl Of {
    fn holder(self) -> Holder {
        match self {
            Of::Person(id) => Holder { profile: Some(id), ..Holder::default() },
            Of::Team(id) => Holder { team: Some(id), ..Holder::default() },
        }
    }

    /// What is counted there.
    fn targets(self) -> &'static [Target] {
        match self {
            Of::Person(_) => &Target::ALL,
            Of::Team(_) => &[
                Target::ProjectsPerTeam,
                Target::FilesPerProject,
                Target::SnapshotsPerFile,
                Target::SnapshotsPerTeam,
                Target::FontVariantsPerTeam,
                Target::ProfilesPerTeam,
                Target::InvitationsPerTeam,
                Target::AccessRequestsPerTeam,
            ],
        }
    }

    fn names(self, quote: &Model) -> bool {
        match self {
            Of::Person(id) => quote.profile_id == Some(id),
            Of::Team(id) => quote.team_id == Some(id),
        }
    }

    fn address(self) -> String {
        match self {
            Of::Person(id) => format!("/admin/people/{id}"),
            Of::Team(id) => format!("/admin/teams/{id}"),
        }
    }
}

/// Stored quotas, and for those who may act how to set and remove them.
pub(crate) fn section(ctx: &PageContext<'_>, of: Of, quotes: &[Model]) -> Markup {
    let (config, operates, address) = (&ctx.state.app.config, ctx.visitor.operates(), of.address());
    html! {
        h2 { "Quotas" }
        @if !config.flags.has("quotes") {
            p class="under" {
                "Quotas do not hold here: " code { "PENPOT_FLAGS" } " has no " code { "enable-quotes" } "."
            }
        }
        @if quotes.is_empty() { p class="under" { "None of their own: what the settings say holds." } }
        @else { dl class="list" { @for quote in quotes {
            dt { (badges::sentence(&quote.target)) }
            dd {
                (grouped(quote.quote)) (place(quote))
                @if operates {
                    " " a href={ (address) "/remove-quota?quota=" (quote.id) } {
                        "Remove…" span class="sr" { " the quota " (badges::sentence(&quote.target)) }
                    }
                }
            }
        } } }
        @if operates {
            form class="bar after" method="post" action={ (address) "/quota" } {
                input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                label class="inline" { "Of" select name="quota" {
                    @for target in of.targets() { option value=(target.name()) { (badges::sentence(target.name())) } }
                } }
                label class="inline" { "at most" input type="number" name="most" min="1" max=(QUOTE_MAX) required; }
                button { "Set the quota" }
            }
        }
    }
}

/// Where it holds, and for whom.
fn place(quote: &Model) -> Markup {
    html! {
        @if let Some(team) = quote.team_id { " in " a href={ "/admin/teams/" (team) } { "a team" } }
        @if let Some(project) = quote.project_id { " in project " code { (project) } }
        @if let Some(file) = quote.file_id { " in file " code { (file) } }
        @if let Some(person) = quote.profile_id { " for " a href={ "/admin/people/" (person) } { "one person" } }
    }
}

/// The quota that is asked about, of those that name this person or team.
async fn asked(ctx: &PageContext<'_>, of: Of) -> Result<Model> {
    let should = "the ID of a quota";
    let id: Option<Uuid> = ctx.fields.parsed("quota", should)?;
    let id = id.ok_or_else(|| PageError::Wrong(format!("quota: should be {should}")))?;
    let found = quota::by_id(&ctx.state.app.db, id).await?;
    found.filter(|quote| of.names(quote)).ok_or(PageError::NotFound)
}

/// The question before one is removed: what holds then.
///
/// # Errors
/// There is no such quota there, or the database refuses.
pub(crate) async fn remove_text(ctx: &PageContext<'_>, of: Of) -> Result<Markup> {
    let quote = asked(ctx, of).await?;
    let setting = Target::of_name(&quote.target).and_then(|target| target.setting(&ctx.state.app.config));
    Ok(html! {
        p {
            (badges::sentence(&quote.target)) " is limited to " b { (grouped(quote.quote)) } (place(&quote))
            ". Without it "
            @match setting {
                Some(most) => { "the setting holds: " (grouped(i64::try_from(most).unwrap_or(i64::MAX))) },
                None => "there is no limit",
            }
            ", unless another stored quota fits. What is there already stays."
        }
    })
}

/// Sets or removes one, when that is the action; what was done then.
///
/// # Errors
/// A field that cannot be, the person, team or quota is gone, or the database refuses.
pub(crate) async fn act(
    ctx: &PageContext<'_>,
    operator: &Operator,
    of: Of,
    action: &str,
) -> Result<Option<&'static str>> {
    match action {
        "quota" => set(ctx, operator, of).await.map(|()| Some("quota-set")),
        "remove-quota" => remove(ctx, operator, of).await.map(|()| Some("quota-removed")),
        _ => Ok(None),
    }
}

async fn set(ctx: &PageContext<'_>, operator: &Operator, of: Of) -> Result<()> {
    let known = of.targets().iter().find(|target| ctx.fields.get("quota") == Some(target.name()));
    let target = *known.ok_or_else(|| {
        let names: Vec<&str> = of.targets().iter().map(|target| target.name()).collect();
        PageError::Wrong(format!("quota: should be one of {}", names.join(", ")))
    })?;
    let should = format!("a number from 1 to {QUOTE_MAX}");
    let most: Option<u64> = ctx.fields.parsed("most", &should)?;
    let most = most.filter(|most| (1..=QUOTE_MAX).contains(most));
    let most = most.ok_or_else(|| PageError::Wrong(format!("most: should be {should}")))?;
    let tx = begin(ctx).await?;
    quota::set(&tx, operator, target, of.holder(), Some(most)).await?;
    Ok(tx.commit().await?)
}

async fn remove(ctx: &PageContext<'_>, operator: &Operator, of: Of) -> Result<()> {
    let quote = asked(ctx, of).await?;
    let target = Target::of_name(&quote.target).ok_or(PageError::NotFound)?;
    let holder = Holder {
        profile: quote.profile_id,
        team: quote.team_id,
        project: quote.project_id,
        file: quote.file_id,
    };
    let tx = begin(ctx).await?;
    quota::set(&tx, operator, target, holder, None).await?;
    Ok(tx.commit().await?)
}
