//! Chance with a seed: the same seed gives the same changes.

use transit::value::Value;
use uuid::Uuid;

/// Chance.
pub struct Random(u64);

impl Random {
    /// That of a seed.
    pub fn new(seed: u64) -> Random {
        // Small seeds must not begin alike.
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            random.below(2);
        }
        random
    }

    /// A number from 0, below this one.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    /// Whether it happens, in this percentage of all times.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// As [`Random::below`].
    pub fn int(&mut self, n: u64) -> i64 {
        i64::try_from(self.below(n)).unwrap()
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        let at = self.below(u64::try_from(of.len()).unwrap());
        of[usize::try_from(at).unwrap()]
    }

    /// One of so many ids from a first one on.
    pub fn id(&mut self, first: u128, count: u64) -> Value {
        Value::Uuid(Uuid::from_u128(first + u128::from(self.below(count))))
    }

    /// A list of up to three.
    pub fn some<T>(&mut self, mut one: impl FnMut(&mut Random) -> T) -> Vec<T> {
        (0..self.below(4)).map(|_| one(self)).collect()
    }

    /// A number of some kind.
    pub fn number(&mut self) -> Value {
        let n = self.int(40) - 10;
        match self.below(3) {
            0 => Value::Int(n),
            1 => Value::Float(n as f64),
            _ => Value::Float(n as f64 / 8.0),
        }
    }
}
