//! Chance with a seed, for bytes and pieces of inputs.

pub struct Random(naive_document::Random);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(naive_document::Random::new(seed))
    }

    /// The same, for what makes changes.
    pub fn plain(&mut self) -> &mut naive_document::Random {
        &mut self.0
    }

    /// A number below `n`, which is at least 1.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.0.below(u64::try_from(n.max(1)).unwrap())).unwrap()
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    pub fn pick<'a, T: ?Sized>(&mut self, of: &'a [&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}
