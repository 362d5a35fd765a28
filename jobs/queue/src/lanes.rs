//! Who is served next when more is ready than may start: highest priority first, and in one priority every lane (the
//! jobs of one kind and tenant) its share, in turn. Decides only; the claimer asks the database.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::control::Controls;

/// Lanes that one survey brings, and how old a survey may be.
pub(crate) const SURVEY_MAX: usize = 256;
const FRESH: Duration = Duration::from_millis(100);

/// Above every lane: where a survey begins.
pub(crate) const TOP: (i16, i32) = (i16::MAX, i32::MAX);

/// One lane with ready jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lane {
    pub(crate) priority: i16,
    pub(crate) lane: i32,
    pub(crate) kind: Arc<str>,
}

/// What to claim next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Portion {
    /// So many of each of these lanes; none of them has a limit.
    Lanes(Vec<(Lane, usize)>),
    /// So many of this one, if its limits allow.
    Limited(Lane, usize),
}

/// What is known of the lanes of one queue.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    known: Vec<Lane>,
    surveyed_at: Option<Instant>,
    /// More than one lane was ready at the last survey.
    crowded: bool,
    /// The lane that was served last: the ones after it come first.
    last: i32,
    /// Where the survey beyond the first `SURVEY_MAX` lanes goes on.
    after: Option<(i16, i32)>,
}

impl Lanes {
    pub(crate) fn is_crowded(&self) -> bool {
        self.crowded
    }

    /// Whether the last survey is too old, or all it brought has been served.
    pub(crate) fn is_stale(&self) -> bool {
        self.known.is_empty() || self.is_old()
    }

    /// Whether the last survey is too old.
    pub(crate) fn is_old(&self) -> bool {
        self.surveyed_at.is_none_or(|at| at.elapsed() >= FRESH)
    }

    /// Where the second page of a survey begins, when the first was full.
    pub(crate) fn second_page(&self, first: &[Lane]) -> Option<(i16, i32)> {
        let last = first.last().filter(|_| first.len() >= SURVEY_MAX)?;
        Some(self.after.unwrap_or((last.priority, last.lane)))
    }

    /// Takes in a survey: its first page, and the second one when there was one.
    pub(crate) fn surveyed(&mut self, first: Vec<Lane>, second: Vec<Lane>) {
        self.after = second.last().filter(|_| second.len() >= SURVEY_MAX).map(|l| (l.priority, l.lane));
        self.crowded = first.len() > 1;
        self.surveyed_at = Some(Instant::now());
        self.known = first;
        self.known.extend(second);
    }

    /// The lanes to serve next with `room` jobs in all, or `None` when there is nothing that may start.
    pub(crate) fn next(&mut self, room: usize, controls: &Controls, queue: &str) -> Option<Portion> {
        self.known.retain(|lane| !controls.is_kind_paused(&lane.kind));
        let priority = self.known.iter().map(|lane| lane.priority).max()?;
        let (mut turn, rest): (Vec<&Lane>, Vec<&Lane>) =
            self.known.iter().filter(|lane| lane.priority == priority).partition(|l| l.lane < self.last);
        turn.extend(rest);
        let share = (room / turn.len()).max(1);
        let limited = |lane: &Lane| controls.is_limited(queue, &lane.kind);
        let first = *turn.first()?;
        if limited(first) {
            self.last = first.lane;
            return Some(Portion::Limited(first.clone(), share));
        }
        let mut left = room;
        let mut portions = vec![];
        for lane in turn.into_iter().filter(|lane| !limited(lane)).take(room) {
            portions.push((lane.clone(), share));
            left = left.saturating_sub(share);
        }
        self.last = portions.last().map_or(self.last, |(lane, _)| lane.lane);
        if let Some((_, most)) = portions.first_mut() {
            *most += left;
        }
        Some(Portion::Lanes(portions))
    }

    /// `portion` brought so many jobs of each (priority, lane): lanes that gave less than asked are empty, as far as
    /// is known.
    pub(crate) fn served(&mut self, portion: &Portion, got: &HashMap<(i16, i32), usize>) {
        let asked: HashMap<(i16, i32), usize> = match portion {
            Portion::Lanes(list) => list.iter().map(|(lane, n)| ((lane.priority, lane.lane), *n)).collect(),
            Portion::Limited(lane, n) => [((lane.priority, lane.lane), *n)].into(),
        };
        self.known.retain(|lane| {
            let key = (lane.priority, lane.lane);
            asked.get(&key).is_none_or(|asked| got.get(&key).copied().unwrap_or(0) >= *asked)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(priority: i16, lane: i32, kind: &str) -> Lane {
        Lane { priority, lane, kind: kind.into() }
    }

    fn ids(portion: Option<Portion>) -> Vec<(i32, usize)> {
        match portion {
            Some(Portion::Lanes(list)) => list.iter().map(|(lane, n)| (lane.lane, *n)).collect(),
            Some(Portion::Limited(lane, n)) => vec![(lane.lane, n)],
            None => vec![],
        }
    }

    #[test]
    fn lanes_take_turns_and_priority_comes_first() {
        let mut lanes = Lanes::default();
        let all = vec![lane(200, 5, "mail"), lane(100, 9, "a"), lane(100, 7, "a"), lane(100, 3, "b")];
        lanes.surveyed(all, vec![]);
        let free = Controls::default();
        assert_eq!(ids(lanes.next(4, &free, "q")), [(5, 4)]);
        lanes.served(&Portion::Lanes(vec![(lane(200, 5, "mail"), 4)]), &HashMap::new());
        assert_eq!(ids(lanes.next(7, &free, "q")), [(3, 3), (9, 2), (7, 2)]);
        assert_eq!(ids(lanes.next(1, &free, "q")), [(3, 1)]);
        assert_eq!(ids(lanes.next(1, &free, "q")), [(9, 1)]);
        assert_eq!(ids(lanes.next(1, &free, "q")), [(7, 1)]);
        assert_eq!(ids(lanes.next(1, &free, "q")), [(3, 1)]);
    }

    #[test]
    fn a_lane_that_gave_less_is_left_alone_until_the_next_survey() {
        let mut lanes = Lanes::default();
        lanes.surveyed(vec![lane(100, 9, "a"), lane(100, 7, "a")], vec![]);
        let portion = lanes.next(10, &Controls::default(), "q").expect("something");
        lanes.served(&portion, &HashMap::from([((100, 9), 5), ((100, 7), 1)]));
        assert_eq!(ids(lanes.next(10, &Controls::default(), "q")), [(9, 10)]);
        assert!(!lanes.is_stale());
    }
}
