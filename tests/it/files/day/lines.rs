//! Somebody's ways to the house.

use tests::client::{Answer, Client};

/// How often in a row a call stays without an answer before something else is wrong than a line.
const TRIES_MAX: u64 = 1000;

/// The same person at each of the two processes.
pub struct Lines {
    ways: [Client; 2],
    at: usize,
    tries: u64,
    /// Calls of which nobody knows whether they were carried out.
    pub unheard: u64,
}

impl Lines {
    /// Those of a person to these doors.
    pub fn of(person: &Client, doors: [&str; 2]) -> Lines {
        Lines { ways: doors.map(|door| person.at(door)), at: 0, tries: 0, unheard: 0 }
    }

    /// The one to call on.
    pub fn way(&self) -> &Client {
        &self.ways[self.at]
    }

    /// The answer that tells what became of a call; none when it has to be sent again, on the other one.
    pub fn heard(&mut self, answer: Option<Answer>) -> Option<Answer> {
        let told = answer.filter(|answer| answer.status.as_u16() != 503);
        if told.is_some() {
            self.tries = 0;
        } else {
            (self.at, self.tries, self.unheard) = (1 - self.at, self.tries + 1, self.unheard + 1);
            assert!(self.tries < TRIES_MAX, "nobody answers");
        }
        told
    }

    /// Calls a method with JSON until it is told what became of it.
    pub async fn call(&mut self, name: &str, params: &serde_json::Value) -> Answer {
        loop {
            let answer = self.way().try_call_raw(name, "application/json", params.to_string()).await;
            if let Some(told) = self.heard(answer) {
                return told;
            }
        }
    }
}
