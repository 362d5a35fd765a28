//! Pictures: uploaded, fetched, kept, shown, and found unused.

mod access;
mod assets;
mod drawings;
mod file_gc;
mod photos;
mod pictures;
mod remote_pictures;
mod thumbnails;
mod uploads;
