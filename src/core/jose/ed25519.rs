//! The points that are no honest Ed25519 public key.
//!
//! aws-lc takes any 32 octets as a public key. A key of small order verifies
//! signatures that nobody made, and a non-canonical encoding is a second name
//! for a key (RFC 8032 §5.1.3, §5.1.7).

/// `p = 2^255 - 19`, little-endian.
const P: [u8; 32] = {
    let mut p = [0xff; 32];
    p[0] = 0xed;
    p[31] = 0x7f;
    p
};

/// The `y` coordinates of the eight points of small order, little-endian,
/// without the sign bit: orders 4, 1, 2 and twice 8.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    {
        let mut minus_one = P;
        minus_one[0] = 0xec;
        minus_one
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Says whether the encoding is canonical (`y < p`) and not of small order.
pub(super) fn is_sound(encoded: &[u8; 32]) -> bool {
    let mut y = *encoded;
    y[31] &= 0x7f;
    let canonical = y.iter().rev().lt(P.iter().rev());
    canonical && !SMALL_ORDER.contains(&y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j15_points_of_small_order_are_refused_with_either_sign() {
        for y in SMALL_ORDER {
            assert!(!is_sound(&y));
            let mut negative = y;
            negative[31] |= 0x80;
            assert!(!is_sound(&negative));
        }
    }

    #[test]
    fn j15_only_y_below_p_is_canonical() {
        for low in 0xed..=0xff {
            let mut y = P;
            y[0] = low;
            assert!(!is_sound(&y), "p + {}", low - 0xed);
        }
        let mut below = P;
        below[0] = 0xeb;
        assert!(is_sound(&below));
    }
}
