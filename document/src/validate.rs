//! Whether the parts of a document belong together: what no single change can see, and what is wrong in documents that
//! were made elsewhere.
//!
//! A store reads the components into a [`Registry`], then page by page:
//! 1. The shapes of the page into an [`Outline`].
//! 2. [`wanted`] tells of which components the mains have to be known. Those that can be read go into [`Mains`].
//! 3. [`page`] tells what is wrong, each [`Finding`] with code, page, shape and field.
//! 4. [`changes`] are the changes that put right what one thing puts right; findings without [`Finding::edits`] are for
//!    somebody to decide.
//!
//! [`component()`] does the same for a component with what is kept of it. Nothing but one page and the mains it refers
//! to is in memory, some 300 bytes a shape.
//!
//! ```
//! use document::part::OpenPart;
//! use document::validate::{Mains, Outline, Registry, changes, page, wanted};
//! use transit::value::Value;
//! use uuid::Uuid;
//!
//! let (file, page_id) = (Uuid::from_u128(1), Uuid::from_u128(2));
//! let parts = document::split::split(document::file::new_data(file, page_id)).expect("a document");
//! let mut shapes = Outline::new();
//! for part in &parts {
//!     let mut part = part.clone();
//!     if part.key().is_root() {
//!         part.set("shapes", Value::Vec(vec![Value::Uuid(Uuid::from_u128(9))]));
//!     }
//!     shapes.push(&part.to_part()).expect("transit");
//! }
//! let registry = Registry::new(file);
//! assert!(wanted(&registry, page_id, &shapes).is_empty());
//! let findings = page(&registry, page_id, &shapes, &Mains::new());
//! assert_eq!(findings[0].defect.code(), "child-not-found");
//! assert_eq!(changes(&registry, &shapes, &findings).len(), 1);
//! ```

mod component;
mod copy;
mod defect;
mod finding;
mod links;
mod main_instance;
mod mains;
mod outline;
mod place;
mod registry;
mod repair;
mod role;
mod variant;
mod walk;

pub use component::component;
pub use defect::Defect;
pub use finding::{Edit, Finding};
pub use mains::{Mains, wanted};
pub use outline::Outline;
pub use registry::{Home, Registry};
pub use repair::changes;
pub use walk::page;
