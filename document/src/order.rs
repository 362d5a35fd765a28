//! The order of lists: children of a shape, pages of a file.

use std::collections::HashSet;
use uuid::Uuid;

/// Splits a list at `index`, drops the members of `new` from both halves and puts `new` between: the index counts
/// places before anything is dropped. Below zero is the start, past the end is the end.
pub(crate) fn insert_at(list: &[Uuid], index: i64, new: &[Uuid]) -> Vec<Uuid> {
    let at = usize::try_from(index.max(0)).unwrap_or(usize::MAX).min(list.len());
    let (before, after) = list.split_at(at);
    let taken: HashSet<&Uuid> = new.iter().collect();
    let kept = |half: &[Uuid]| half.iter().filter(|id| !taken.contains(id)).copied().collect::<Vec<_>>();
    [kept(before), new.to_vec(), kept(after)].concat()
}

/// Appends what is not in the list yet.
pub(crate) fn append_missing(list: &mut Vec<Uuid>, new: &[Uuid]) {
    let mut known: HashSet<Uuid> = list.iter().copied().collect();
    list.extend(new.iter().copied().filter(|id| known.insert(*id)));
}

/// The list without the later ones of equal members.
pub(crate) fn each_once(list: Vec<Uuid>) -> Vec<Uuid> {
    let mut once = Vec::with_capacity(list.len());
    let mut seen = HashSet::new();
    once.extend(list.into_iter().filter(|id| seen.insert(*id)));
    once
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: &[u128]) -> Vec<Uuid> {
        numbers.iter().copied().map(Uuid::from_u128).collect()
    }

    #[test]
    fn the_index_counts_places_before_removal() {
        let list = ids(&[1, 2, 3, 4]);
        assert_eq!(insert_at(&list, 3, &ids(&[1])), ids(&[2, 3, 1, 4]));
        assert_eq!(insert_at(&list, 0, &ids(&[4, 9])), ids(&[4, 9, 1, 2, 3]));
    }

    #[test]
    fn an_index_outside_the_list_is_its_start_or_its_end() {
        let list = ids(&[1, 2]);
        assert_eq!(insert_at(&list, i64::MIN, &ids(&[3])), ids(&[3, 1, 2]));
        assert_eq!(insert_at(&list, i64::MAX, &ids(&[3])), ids(&[1, 2, 3]));
    }

    #[test]
    fn appending_keeps_the_place_of_what_is_there() {
        let mut list = ids(&[1, 2]);
        append_missing(&mut list, &ids(&[1, 3, 3]));
        assert_eq!(list, ids(&[1, 2, 3]));
        assert_eq!(each_once(ids(&[2, 1, 2, 3, 1])), ids(&[2, 1, 3]));
    }
}
