//! The rules of changes that are easy to get wrong, one test each.

#![expect(clippy::unwrap_used, reason = "all of this is a test")]

mod absorb;
mod absorb_scene;
mod components;
mod copies;
mod dating;
mod doc;
mod forms;
mod groups;
mod library;
mod lists;
mod pages;
mod scene;
mod shapes;
mod token_files;
mod token_sets;
mod token_themes;
mod tokens;
mod upgrades;
mod validity;
mod validity_cases;
