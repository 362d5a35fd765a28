//! Files for those who look at them, and links that open them to others.

mod bundle;
mod libraries;
mod links;
mod scene;
