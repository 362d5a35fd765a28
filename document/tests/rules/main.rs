//! The rules of changes that are easy to get wrong, one test each.

mod components;
mod copies;
mod dating;
mod doc;
mod forms;
mod groups;
mod library;
mod lists;
mod pages;
mod shapes;
