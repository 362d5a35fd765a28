//! What is served besides the methods, and what every request carries.

pub mod address;
pub mod assets;
pub mod cookie;
pub mod doc;
pub mod elsewhere;
pub mod guard;
pub mod health;
pub mod home;
pub mod html;
pub mod mailbox;
pub mod origin;
pub mod range;
pub mod reader;
pub mod request_id;
pub mod vitals;
