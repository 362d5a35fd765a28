//! Numbers that stay whole where they came whole.

use transit::value::Value;

/// An integer or a double. Adding two integers gives one, anything else a double.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    /// The number of a value, if it is one.
    pub(crate) fn of(value: &Value) -> Option<Number> {
        match value {
            Value::Int(number) => Some(Number::Int(*number)),
            Value::Float(number) => Some(Number::Float(*number)),
            _ => None,
        }
    }

    /// The sum; a double where an integer would not hold it.
    pub(crate) fn plus(self, other: Number) -> Number {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => match a.checked_add(b) {
                Some(sum) => Number::Int(sum),
                None => Number::Float(self.double() + other.double()),
            },
            _ => Number::Float(self.double() + other.double()),
        }
    }

    /// The larger one, in its own kind.
    pub(crate) fn at_least(self, least: f64) -> Number {
        if self.double() < least { Number::Float(least) } else { self }
    }

    /// As a double.
    pub(crate) fn double(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "drawings are measured in doubles")]
            Number::Int(number) => number as f64,
            Number::Float(number) => number,
        }
    }

    /// Whether it is neither infinite nor `NaN`.
    pub(crate) fn is_finite(self) -> bool {
        self.double().is_finite()
    }

    /// As a value, in its kind.
    pub(crate) fn to_value(self) -> Value {
        match self {
            Number::Int(number) => Value::Int(number),
            Number::Float(number) => Value::Float(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_stay_whole_until_they_would_overflow() {
        assert_eq!(Number::Int(1).plus(Number::Int(2)), Number::Int(3));
        assert_eq!(Number::Int(1).plus(Number::Float(2.0)), Number::Float(3.0));
        assert_eq!(Number::Int(i64::MAX).plus(Number::Int(1)), Number::Float(9_223_372_036_854_775_808.0));
        assert_eq!(Number::Int(0).at_least(0.01), Number::Float(0.01));
        assert_eq!(Number::Int(5).at_least(0.01), Number::Int(5));
    }
}
