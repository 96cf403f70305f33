//! The JOSE rules against published vectors and the catalogue of attacks.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod jose {
    mod forms;
    mod round_trip;
    mod vectors;
}
