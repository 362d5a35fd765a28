-- Which steps were taken. Run before each installation, so that it changes nothing where it is there already.
create schema if not exists queue;
create table if not exists queue.version (number integer primary key, installed_at timestamptz not null default now());
