//! Somebody who draws.

use super::house::House;
use super::lines::Lines;
use crate::files::scene::{field, joined};
use document::join::{Form, readable};
use naive_document::{Odd, Random, change};
use serde_json::json;
use std::collections::BTreeMap;
use tests::client::Answer;
use tests::drawing::Drawing;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use transit::{Limits, value::Value};
use uuid::Uuid;

/// The first batches make shapes.
const FIRST: u64 = 4;

pub struct Editor {
    lines: Lines,
    drawing: Drawing,
    session: Uuid,
    in_json: bool,
    random: Random,
    /// The revision up to which the others' changes were told.
    revn: i64,
    sent: u64,
    /// The batches that were said to be applied, with the revisions that they made.
    pub applied: BTreeMap<Uuid, i64>,
    /// How many were said to be refused.
    pub refused: u64,
}

impl Editor {
    /// The first draws as one of the two people, others as the other one.
    pub fn new(house: &House, number: u64, seed: u64, in_json: bool, revn: i64) -> Editor {
        let person = if number == 1 { &house.scene.ana } else { &house.scene.bo };
        Editor {
            lines: Lines::of(person, house.doors()),
            drawing: house.scene.drawing,
            session: Uuid::from_u64_pair(number, 0),
            in_json,
            random: Random::new(seed),
            revn,
            sent: 0,
            applied: BTreeMap::new(),
            refused: 0,
        }
    }

    /// Draws until it is evening; counts what was done.
    pub async fn draw(mut self, drawn: watch::Sender<u64>, evening: CancellationToken) -> Editor {
        while !evening.is_cancelled() {
            self.send().await;
            drawn.send_modify(|number| *number += 1);
        }
        self
    }

    /// Sends a batch, the same one under its name until it is told what became of it.
    async fn send(&mut self) {
        self.sent += 1;
        let (drawing, session, revn) = (self.drawing, self.session, self.revn);
        let commit = Uuid::from_u64_pair(session.as_u64_pair().0, self.sent);
        let changes = self.batch();
        let answer = loop {
            let (way, changes) = (self.lines.way(), changes.clone());
            let answer = match self.in_json {
                true => drawing.try_send_named_in_json(way, session, revn, commit, changes).await,
                false => drawing.try_send_named(way, session, revn, commit, changes).await,
            };
            if let Some(told) = self.lines.heard(answer) {
                break told;
            }
        };
        if answer.status.as_u16() == 400 {
            self.refused += 1;
            return;
        }
        self.revn = self.told(&answer);
        self.applied.insert(commit, self.revn);
    }

    fn batch(&mut self) -> Vec<Value> {
        let (r, odd) = (&mut self.random, if self.in_json { Odd::Nothing } else { Odd::Everything });
        let changes = (0..1 + r.below(4)).map(|_| change(r, odd, self.sent <= FIRST)).collect();
        if !self.in_json {
            return changes;
        }
        let Value::Vec(changes) = readable(Value::Vec(changes)) else { unreachable!("a list stays one") };
        changes
    }

    /// The revision that a batch made: everything up to it was told.
    fn told(&self, answer: &Answer) -> i64 {
        assert!(answer.status.is_success(), "{} {}", answer.status, answer.text());
        let read = if self.in_json { transit::json::read } else { transit::read };
        let told = read(&answer.bytes, &Limits::STORED).expect("is whole");
        let revn = field(&told, "revn").as_int().expect("a number") + 1;
        let lagged = field(&told, "lagged").items().expect("a list").iter();
        let lagged: Vec<i64> = lagged.map(|row| field(row, "revn").as_int().expect("a number")).collect();
        assert_eq!(lagged, (self.revn + 1..=revn).collect::<Vec<_>>(), "each is told once");
        revn
    }

    /// Calls that got no answer.
    pub fn unheard(&self) -> u64 {
        self.lines.unheard
    }

    /// The document in transit, and in JSON.
    pub async fn read(&mut self) -> [Value; 2] {
        let params = Value::map([("id", Value::Uuid(self.drawing.file))]);
        let plain = loop {
            let answer = self.lines.way().try_call_transit("get-file", &params).await;
            if let Some(told) = self.lines.heard(answer) {
                break transit::read(&told.bytes, &Limits::STORED).expect("transit");
            }
        };
        let json = self.lines.call("get-file", &json!({"id": self.drawing.file})).await;
        let json = transit::json::read(&json.bytes, &Limits::STORED).expect("JSON");
        [field(&plain, "data").clone(), field(&json, "data").clone()]
    }
}

/// The document as JSON shows it.
pub fn in_json(file: Uuid, tree: &Value) -> Value {
    transit::json::read(&joined(file, Form::Json, tree), &Limits::STORED).expect("JSON")
}
