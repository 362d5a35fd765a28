//! Fonts of teams: taken in, in every form, kept as browsers and exporters ask for them, renamed, given back, gone.

mod access;
mod broken;
mod change;
mod download;
mod forms;
mod hostile;
mod large;
mod list;
mod pieces;
mod scene;
