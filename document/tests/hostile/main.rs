//! Whatever somebody sends: bytes of any kind are read, understood and applied, or refused. Nothing panics, and nothing
//! takes more memory than its bytes allow.
//!
//! Inputs come in blocks, each with a document and a seed of its own; a failure prints the seed and the input.
//! `ATELIER_TEST_FUZZ_INPUTS` says how many are tried, `ATELIER_TEST_FUZZ_SEED` with which seed they begin.

#![expect(clippy::unwrap_used, reason = "all of this is a test")]

mod exchange;
mod fuzz;
mod mutate;
mod random;
mod samples;
mod store;
mod wide;
