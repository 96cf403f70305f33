//! Instants in claims (`NumericDate`, RFC 7519 §2).

use serde_json::Value;

use crate::core::time::Timestamp;

/// "A JSON numeric value representing the number of seconds from
/// 1970-01-01T00:00:00Z UTC", with or without a fraction or an exponent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NumericDate {
    /// Whole seconds; those beyond 64 bits are taken as the last ones.
    Whole(i64),
    /// Seconds with a fraction or written with an exponent.
    Fraction(f64),
}

impl NumericDate {
    /// Reads a claim; `None` for anything but a JSON number.
    pub fn read(claim: &Value) -> Option<Self> {
        let number = claim.as_number()?;
        if let Some(seconds) = number.as_i64() {
            return Some(Self::Whole(seconds));
        }
        if number.is_u64() {
            return Some(Self::Whole(i64::MAX));
        }
        number.as_f64().map(Self::Fraction)
    }

    /// Returns the first whole second that is not before the instant: a
    /// clock of whole seconds has reached the instant when it has reached it.
    pub fn reached(self) -> Timestamp {
        match self {
            Self::Whole(seconds) => Timestamp(seconds),
            // Floating-point casts saturate.
            Self::Fraction(seconds) => Timestamp(seconds.ceil() as i64),
        }
    }

    /// Returns the last whole second that is not after the instant.
    pub fn begun(self) -> Timestamp {
        match self {
            Self::Whole(seconds) => Timestamp(seconds),
            Self::Fraction(seconds) => Timestamp(seconds.floor() as i64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn j38_numbers_of_any_notation_are_read() {
        for (claim, reached, begun) in [
            (json!(0), 0, 0),
            (json!(-1), -1, -1),
            (json!(1.8e9), 1_800_000_000, 1_800_000_000),
            (json!(1.5), 2, 1),
            (json!(-1.5), -1, -2),
            (json!(1u64 << 63), i64::MAX, i64::MAX),
            (json!(1e300), i64::MAX, i64::MAX),
            (json!(-1e300), i64::MIN, i64::MIN),
        ] {
            let date = NumericDate::read(&claim).unwrap();
            assert_eq!(date.reached(), Timestamp(reached), "{claim}");
            assert_eq!(date.begun(), Timestamp(begun), "{claim}");
        }
    }

    #[test]
    fn j36_other_types_are_no_dates() {
        for claim in [
            json!("1800000000"),
            json!("2030-01-01T00:00:00Z"),
            json!(null),
            json!(true),
            json!([]),
            json!({}),
        ] {
            assert_eq!(NumericDate::read(&claim), None, "{claim}");
        }
    }
}
