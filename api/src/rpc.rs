//! One RPC call, from bytes to bytes. Read `pipeline` first.

pub mod audit;
pub mod away;
pub mod caller;
pub mod catalog;
pub mod ctx;
pub mod dispatch;
pub mod error;
pub mod etag;
pub mod format;
pub mod input;
pub mod limits;
pub mod method;
pub mod offer;
pub mod openapi;
pub mod permits;
pub mod pipeline;
pub mod rate;
pub mod reply;
pub mod tx;
