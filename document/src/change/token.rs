//! Changes of the tokens, of both generations of clients: older ones keep what is active in the library, newer ones in
//! the file.

mod ensure;
mod fields;
mod move_token_set;
mod move_token_set_group;
mod rename_token_set_group;
mod set_active_token_themes;
mod set_token;
mod set_token_set;
mod set_token_theme;
mod set_tokens_lib;
mod set_tokens_source;
mod set_tokens_status;

pub(super) use move_token_set::MoveTokenSet;
pub(super) use move_token_set_group::MoveTokenSetGroup;
pub(super) use rename_token_set_group::RenameTokenSetGroup;
pub(super) use set_active_token_themes::SetActiveTokenThemes;
pub(super) use set_token::SetToken;
pub(super) use set_token_set::SetTokenSet;
pub(super) use set_token_theme::SetTokenTheme;
pub(super) use set_tokens_lib::SetTokensLib;
pub(super) use set_tokens_source::SetTokensSource;
pub(super) use set_tokens_status::SetTokensStatus;
