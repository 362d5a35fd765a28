//! People: signing up and in, their settings, tokens and quotas.

mod access_tokens;
mod demo_accounts;
mod email_change;
mod feedback;
mod mcp_tokens;
mod profile;
mod recovery;
mod registration;
mod sessions;
mod sign_in;
mod soft_quotas;
