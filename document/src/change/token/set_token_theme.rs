//! `set-token-theme`: adds a theme, changes it, or takes it away. What is not sent of a changed theme stays.

use super::ensure::{ensure, take_status_over, wanted};
use super::fields::{attributes, check_id};
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::stop::{Step, Wanted};
use crate::tokens::library::Library;
use crate::tokens::theme::{Theme, ThemeAttributes};
use crate::work::Work;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct SetTokenTheme {
    id: Uuid,
    attributes: Option<ThemeAttributes>,
}

impl SetTokenTheme {
    pub(crate) fn decode(mut params: Params) -> Result<SetTokenTheme, Fault> {
        let id = params.id("id")?;
        let attributes = attributes(&mut params, ThemeAttributes::read, ThemeAttributes::to_value)?;
        check_id(id, attributes.as_ref().and_then(ThemeAttributes::id))?;
        Ok(SetTokenTheme { id, attributes })
    }
}

impl Effect for SetTokenTheme {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        ensure(work)?;
        let now = work.now;
        work.change_tokens(|library| match &self.attributes {
            Some(attributes) => {
                library.set_theme(self.id, attributes, now).map_err(|fault| fault.under("attrs"))
            }
            None => Ok(library.delete_theme(self.id, now)),
        })?;
        // An older client made sets active by themselves.
        let hidden = |library: &Library| library.active_themes().any(|theme| is_own(theme, self.id));
        if work.tokens()?.is_some_and(hidden) { take_status_over(work) } else { Ok(()) }
    }
}

fn is_own(theme: &Theme, id: Uuid) -> bool {
    theme.is_hidden() && theme.id == id
}
