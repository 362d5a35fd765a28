//! Every change of a document: how it is read, which parts it names, what it does. One file each, named after the
//! change; colours, typographies and pictures of the library share theirs.

mod component;
mod library;
mod page;
mod set_base_font_size;
mod set_plugin_data;
mod shape;
mod token;

use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::schema::kind::Schema;
use crate::stop::{Refusal, Step, Wanted};
use crate::work::Work;
use component::{AddComponent, DelComponent, ModComponent, PurgeComponent, RestoreComponent};
use library::{AddAsset, COLOR, DelAsset, MEDIA, ModAsset, TYPOGRAPHY};
use page::{AddPage, DelPage, ModPage, MovPage, SetCommentThreadPosition, SetDefaultGrid, SetFlow, SetGuide};
use set_base_font_size::SetBaseFontSize;
use set_plugin_data::SetPluginData;
use shape::{AddObj, DelObj, FixObj, ModObj, MovObjects, RegObjects, ReorderChildren};
use token::{
    MoveTokenSet, MoveTokenSetGroup, RenameTokenSetGroup, SetActiveTokenThemes, SetToken, SetTokenSet,
    SetTokenTheme, SetTokensLib, SetTokensSource, SetTokensStatus,
};
use transit::value::Value;

/// One change, understood.
#[derive(Debug)]
pub struct Change {
    name: &'static str,
    effect: Box<dyn Effect>,
    value: Value,
}

type Read = fn(Params) -> Result<Box<dyn Effect>, Fault>;

/// Every type of change, one line each.
const READERS: &[(&str, Read)] = &[
    // Shapes, of a page or of a deleted component
    ("add-obj", |params| effect(AddObj::decode(params))),
    ("mod-obj", |params| effect(ModObj::decode(params))),
    ("del-obj", |params| effect(DelObj::decode(params))),
    ("fix-obj", |params| effect(FixObj::decode(params))),
    ("mov-objects", |params| effect(MovObjects::decode(params))),
    ("reorder-children", |params| effect(ReorderChildren::decode(params))),
    ("reg-objects", |params| effect(RegObjects::decode(params))),
    // Pages
    ("add-page", |params| effect(AddPage::decode(params))),
    ("mod-page", |params| effect(ModPage::decode(params))),
    ("del-page", |params| effect(DelPage::decode(params))),
    ("mov-page", |params| effect(MovPage::decode(params))),
    ("set-guide", |params| effect(SetGuide::decode(params))),
    ("set-flow", |params| effect(SetFlow::decode(params))),
    ("set-default-grid", |params| effect(SetDefaultGrid::decode(params))),
    ("set-comment-thread-position", |params| effect(SetCommentThreadPosition::decode(params))),
    // The library
    ("add-color", |params| effect(AddAsset::decode(&COLOR, params))),
    ("mod-color", |params| effect(ModAsset::decode(&COLOR, params))),
    ("del-color", |params| effect(DelAsset::decode(&COLOR, params))),
    ("add-media", |params| effect(AddAsset::decode(&MEDIA, params))),
    ("mod-media", |params| effect(ModAsset::decode(&MEDIA, params))),
    ("del-media", |params| effect(DelAsset::decode(&MEDIA, params))),
    ("add-typography", |params| effect(AddAsset::decode(&TYPOGRAPHY, params))),
    ("mod-typography", |params| effect(ModAsset::decode(&TYPOGRAPHY, params))),
    ("del-typography", |params| effect(DelAsset::decode(&TYPOGRAPHY, params))),
    ("add-component", |params| effect(AddComponent::decode(params))),
    ("mod-component", |params| effect(ModComponent::decode(params))),
    ("del-component", |params| effect(DelComponent::decode(params))),
    ("restore-component", |params| effect(RestoreComponent::decode(params))),
    ("purge-component", |params| effect(PurgeComponent::decode(params))),
    // The tokens
    ("set-tokens-lib", |params| effect(SetTokensLib::decode(params))),
    ("set-token", |params| effect(SetToken::decode(params))),
    ("set-token-set", |params| effect(SetTokenSet::decode(params))),
    ("set-token-theme", |params| effect(SetTokenTheme::decode(params))),
    ("set-active-token-themes", |params| effect(SetActiveTokenThemes::decode(params))),
    ("set-tokens-status", |params| effect(SetTokensStatus::decode(params))),
    ("set-tokens-source", |params| effect(SetTokensSource::decode(params))),
    ("rename-token-set-group", |params| effect(RenameTokenSetGroup::decode(params))),
    ("move-token-set", |params| effect(MoveTokenSet::decode(params))),
    ("move-token-set-group", |params| effect(MoveTokenSetGroup::decode(params))),
    // The file
    ("set-plugin-data", |params| effect(SetPluginData::decode(params))),
    ("set-base-font-size", |params| effect(SetBaseFontSize::decode(params))),
];

/// The types of changes that users of a library hear about.
const OF_LIBRARY: &[&str] = &[
    "add-color",
    "mod-color",
    "del-color",
    "add-media",
    "mod-media",
    "del-media",
    "add-component",
    "mod-component",
    "del-component",
    "restore-component",
    "add-typography",
    "mod-typography",
    "del-typography",
    "add-obj",
    "mod-obj",
    "del-obj",
    "reg-objects",
    "mov-objects",
    "set-tokens-lib",
    "set-token",
    "set-token-set",
    "set-token-theme",
    "set-active-token-themes",
    "rename-token-set-group",
    "move-token-set",
    "move-token-set-group",
    "set-base-font-size",
];

/// The fields of changes, wherever they stand, whose content names things as people do: who reads changes in JSON keeps
/// the keys in them as they are written (see [`transit::json::read_with_names`]).
pub const NAMED_FIELDS: &[&str] = &["tokens-lib"];

fn effect<E: Effect + 'static>(decoded: Result<E, Fault>) -> Result<Box<dyn Effect>, Fault> {
    decoded.map(|effect| Box::new(effect) as Box<dyn Effect>)
}

impl Change {
    /// Reads a change, from transit or from JSON: keywords and ids may be text.
    ///
    /// # Errors
    /// [`Refusal`] of an unknown type or a field that is wrong, without the number of the change.
    pub fn decode(value: Value) -> Result<Change, Refusal> {
        let at = |kind, fault| Refusal { change: None, kind, fault };
        let mut params = Params::new(value).map_err(|fault| at(None, fault))?;
        let name = params.word("type", &Schema::Keyword).map_err(|fault| at(None, fault))?;
        let Some((name, read)) = READERS.iter().find(|(known, _)| *known == name) else {
            return Err(at(None, Fault::params("should be a known type of change").under("type")));
        };
        let effect = read(params.clone()).map_err(|fault| at(Some(name), fault))?;
        Ok(Change { name, effect, value: params.understood() })
    }

    /// Reads a batch.
    ///
    /// # Errors
    /// [`Refusal`] of the first change that is not understood, with its number.
    pub fn decode_all(values: Vec<Value>) -> Result<Vec<Change>, Refusal> {
        let numbered =
            |(at, value)| Change::decode(value).map_err(|refusal| Refusal { change: Some(at), ..refusal });
        values.into_iter().enumerate().map(numbered).collect()
    }

    /// The change as it is told to others: what JSON cannot say is said as in transit. Fields that nobody knows are as
    /// they were sent.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Its type on the wire.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether those who use the file as a library hear about it.
    pub fn concerns_library(&self) -> bool {
        OF_LIBRARY.contains(&self.name)
    }

    /// The parts that it names, so that they can be loaded at once. More may be needed: applying tells which.
    pub fn wanted(&self) -> Vec<Wanted> {
        self.effect.wanted()
    }

    /// Does it.
    pub(crate) fn apply(&self, work: &mut Work) -> Step<()> {
        self.effect.apply(work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_one_line() {
        let names: std::collections::BTreeSet<&str> = READERS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), READERS.len());
        assert!(OF_LIBRARY.iter().all(|name| names.contains(name)));
    }

    #[test]
    fn an_unknown_type_is_refused_with_the_number_of_its_change() {
        let known =
            Value::map([("type", Value::keyword("del-page")), ("id", Value::Uuid(uuid::Uuid::nil()))]);
        let unknown = Value::map([("type", Value::text("set-world"))]);
        let refusal = Change::decode_all(vec![known, unknown]).expect_err("unknown");
        assert_eq!(refusal.to_string(), "change 1: type should be a known type of change");
        assert_eq!(refusal.code().as_str(), "params-validation");
        for odd in [Value::Nil, Value::Vec(vec![]), Value::map([("type", Value::Int(1))]), Value::map([])] {
            assert!(Change::decode(odd).is_err());
        }
    }
}
