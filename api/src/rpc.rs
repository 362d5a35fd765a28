//! One RPC call, from bytes to bytes. Read `pipeline` first.

pub mod audit;
pub mod budget;
pub mod caller;
pub mod catalog;
pub mod ctx;
pub mod dispatch;
pub mod error;
pub mod error_body;
pub mod etag;
pub mod events;
pub mod format;
pub mod input;
pub mod limits;
pub mod limits_table;
pub mod method;
pub mod openapi;
pub mod outage;
pub mod path_policy;
pub mod permits;
pub mod pipeline;
pub mod rate;
pub mod reply;
pub mod report;
mod respond;
pub mod shared_key;
pub mod stream;
pub mod tx_mode;
