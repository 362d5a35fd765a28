//! The web app's day, played over the wire exactly as Penpot's front-end speaks; and what has to hold before a real one
//! is put in front.

mod bin;
mod check_answers;
mod check_bodies;
mod check_files;
mod check_mails;
mod comments;
mod day;
mod drawing;
mod history;
mod kinds;
mod libraries;
mod people;
mod rolling;
mod share;
mod stage;
mod web_app;
