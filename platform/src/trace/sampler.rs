//! Which traces are kept.

/// Decides once for each trace. Everything in a trace that began here follows what was decided at its beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler {
    /// Whether a caller's own decision counts.
    pub parent_based: bool,
    /// The share of other traces that are kept, 0 to 1.
    pub ratio: f64,
}

impl Sampler {
    /// Keeps nothing.
    pub const OFF: Sampler = Sampler { parent_based: false, ratio: 0.0 };

    /// Whether this trace is kept. The share is taken from the trace's id, so that every process decides alike.
    pub fn keeps(&self, trace_id: [u8; 16], decided: Option<bool>) -> bool {
        if let Some(decided) = decided.filter(|_| self.parent_based) {
            return decided;
        }
        let [.., a, b, c, d, e, f, g, h] = trace_id;
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
        let place = (u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 1) as f64 / (1_u64 << 63) as f64;
        place < self.ratio
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::context::random;

    #[test]
    fn a_share_is_kept() {
        let half = Sampler { parent_based: false, ratio: 0.5 };
        let kept = (0..1000).filter(|_| half.keeps(random(), None)).count();
        assert!((350..650).contains(&kept), "{kept}");
        let (all, none) = (Sampler { ratio: 1.0, ..half }, Sampler::OFF);
        assert!((0..1000).all(|_| all.keeps(random(), None) && !none.keeps(random(), Some(true))));
    }

    #[test]
    fn a_caller_decides_only_where_he_is_asked() {
        let asked = Sampler { parent_based: true, ratio: 0.0 };
        assert!(asked.keeps(random(), Some(true)) && !asked.keeps(random(), None));
        let unasked = Sampler { parent_based: false, ratio: 1.0 };
        assert!(unasked.keeps(random(), Some(false)));
    }
}
