//! The pipeline of calls: formats, bad input, limits, documentation, and every method as everybody.

mod again;
mod api_guide;
mod bad_input;
mod concurrency;
mod edge;
mod every_method;
mod fuzz;
mod openapi;
mod origins;
mod penpot_mcp;
mod rates;
pub mod statements;
mod streams;
mod transit;
mod transit_js;
mod transit_story;
mod walk;
