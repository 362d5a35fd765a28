//! Documents as rows: one for each part. **Here alone is SQL about the tables of parts.**
//!
//! A part lies in a container: the file itself, a page, a deleted component. Containers have numbers of the database,
//! the file's stands in its row, that of a page or a component in the row of its part. A container that begins anew
//! gets another number, so that a page of any size is replaced or deleted by writing one row; what lay in the old
//! number is swept later.
//!
//! Whoever changes parts holds the file: see [`lock::hold`].

mod archive;
mod containers;
pub mod copy;
pub mod cut;
pub mod history;
pub mod library;
pub mod load;
pub mod lock;
pub mod measure;
pub mod media;
pub mod outline;
pub mod pages;
pub mod read;
mod row;
pub mod save;
mod source;
pub mod stats;
pub mod sweep;
pub mod thumbnail;
pub mod unpack;
pub mod users;
