//! `add-`, `mod-` and `del-` of the colours, typographies and pictures of the library.

use crate::effect::Effect;
use crate::fault::Fault;
use crate::limits::check_attributes;
use crate::params::Params;
use crate::part::{Kind, OpenPart, PartKey};
use crate::schema::kind::Schema;
use crate::schema::library;
use crate::stop::{Reach, Step, Wanted};
use crate::work::Work;
use transit::value::Value;

/// What the changes of one kind of asset differ in.
#[derive(Debug)]
pub(super) struct Asset {
    kind: Kind,
    /// The field that holds the asset.
    field: &'static str,
    schema: &'static Schema,
    /// Whether `mod` keeps what it does not name.
    merges: bool,
    /// Whether the moment is noted in it.
    is_dated: bool,
}

/// Colours: replaced whole.
pub(super) static COLOR: Asset =
    Asset { kind: Kind::Color, field: "color", schema: &library::COLOR, merges: false, is_dated: true };
/// Typographies.
pub(super) static TYPOGRAPHY: Asset = Asset {
    kind: Kind::Typography,
    field: "typography",
    schema: &library::TYPOGRAPHY,
    merges: true,
    is_dated: true,
};
/// Pictures: not dated.
pub(super) static MEDIA: Asset =
    Asset { kind: Kind::Media, field: "object", schema: &library::MEDIA, merges: true, is_dated: false };

/// Stores an asset, also in the place of one that has its id.
#[derive(Debug)]
pub(super) struct AddAsset {
    asset: &'static Asset,
    key: PartKey,
    value: Value,
}

/// Changes an asset that is there.
#[derive(Debug)]
pub(super) struct ModAsset(AddAsset);

/// Takes an asset away. What names it stays.
#[derive(Debug)]
pub(super) struct DelAsset {
    key: PartKey,
}

impl AddAsset {
    pub(super) fn decode(asset: &'static Asset, mut params: Params) -> Result<AddAsset, Fault> {
        let value = params.required(asset.field, asset.schema)?;
        check_attributes(&value).map_err(|fault| fault.under(asset.field))?;
        let id = value.get("id").and_then(Value::as_uuid).unwrap_or_default();
        Ok(AddAsset { asset, key: PartKey::of_file(asset.kind, id), value })
    }

    fn store(&self, work: &mut Work, mut part: OpenPart) {
        if self.asset.is_dated {
            part.set("modified-at", work.stamp());
        }
        work.parts.put(part);
    }
}

impl ModAsset {
    pub(super) fn decode(asset: &'static Asset, params: Params) -> Result<ModAsset, Fault> {
        AddAsset::decode(asset, params).map(ModAsset)
    }
}

impl DelAsset {
    pub(super) fn decode(asset: &'static Asset, mut params: Params) -> Result<DelAsset, Fault> {
        Ok(DelAsset { key: PartKey::of_file(asset.kind, params.id("id")?) })
    }
}

impl Effect for AddAsset {
    fn wanted(&self) -> Vec<Wanted> {
        vec![Wanted::whole(PartKey::FILE, Reach::Itself)]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        work.ensure_map(self.asset.kind)?;
        self.store(work, OpenPart::new(self.key, self.value.clone()));
        Ok(())
    }
}

impl Effect for ModAsset {
    fn wanted(&self) -> Vec<Wanted> {
        vec![Wanted::whole(self.0.key, Reach::Itself)]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let ModAsset(changed) = self;
        let Some(old) = work.parts.open(changed.key)? else { return Ok(()) };
        let part = if changed.asset.merges {
            let mut part = old.clone();
            for (name, value) in changed.value.entries() {
                match name.as_keyword() {
                    Some(name) => part.set(name, value.clone()),
                    None => part.value_mut().put_at(name.clone(), value.clone()),
                }
            }
            part
        } else {
            OpenPart::new(changed.key, changed.value.clone())
        };
        changed.store(work, part);
        Ok(())
    }
}

impl Effect for DelAsset {
    fn wanted(&self) -> Vec<Wanted> {
        vec![Wanted::columns(self.key, Reach::Itself)]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        if work.parts.find(self.key)?.is_some() {
            work.parts.remove(self.key);
        }
        Ok(())
    }
}
