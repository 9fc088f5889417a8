//! The points of Ed25519 that are no keys.
//!
//! Eight points have an order that divides eight. With one of them as the key, anybody can make a signature that is good for
//! every eighth message or for all, and `ring` lets it pass, as RFC 8032 does. An honest key is never one of them.

/// The two of order eight, each without its sign.
const ORDER_EIGHT: [[u8; 32]; 2] = [
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// Whether `key` encodes such a point, in whichever way: with either sign, and beyond the prime.
pub(crate) fn is_of_small_order(mut key: [u8; 32]) -> bool {
    let [.., last] = &mut key;
    *last &= 0x7f;
    let [first, middle @ .., last] = &key;
    // Of order four and one: y is 0 and 1. Of order two: y is p - 1. What follows it is 0 and 1 once more, and numbers that
    // are written beyond the prime, which no honest program does.
    let is_tiny = *first <= 1 && middle.iter().all(|byte| *byte == 0) && *last == 0;
    let is_huge = *first >= 0xec && middle.iter().all(|byte| *byte == 0xff) && *last == 0x7f;
    is_tiny || is_huge || ORDER_EIGHT.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ED25519, UnparsedPublicKey};

    /// All encodings of the eight points: of five values of y, two of which can also be written beyond the prime, with both
    /// signs.
    fn points() -> Vec<[u8; 32]> {
        let with = |first: u8, others: u8, last: u8| {
            let mut point = [others; 32];
            (point[0], point[31]) = (first, last);
            point
        };
        let tiny = [0, 1].map(|first| with(first, 0, 0));
        let huge = [0xec, 0xed, 0xee].map(|first| with(first, 0xff, 0x7f));
        let unsigned = [&tiny[..], &huge, &ORDER_EIGHT].concat();
        let mut negative = unsigned.clone();
        negative.iter_mut().for_each(|point| point[31] |= 0x80);
        [unsigned, negative].concat()
    }

    #[test]
    fn each_of_them_is_known_and_an_honest_key_is_none() {
        for point in points() {
            assert!(is_of_small_order(point), "{point:02x?}");
        }
        let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let honest = ring::signature::KeyPair::public_key(&pair).as_ref().try_into().unwrap();
        assert!(!is_of_small_order(honest));
    }

    /// One honest key in 128 ends as the point zero does.
    #[test]
    fn what_differs_from_each_of_them_in_one_byte_is_none() {
        for point in points() {
            for place in 0..point.len() {
                let mut other = point;
                other[place] ^= 0x40;
                assert!(!is_of_small_order(other), "{other:02x?}");
            }
        }
    }

    /// Why they are left out, and that the two of order eight are what they are said to be: a signature that nobody made (one
    /// of the points, and zero) is good for one message in eight at least.
    #[test]
    fn with_each_of_them_a_signature_can_be_made_up() {
        for key in points() {
            let forged = points().into_iter().any(|point| {
                let signature = [point, [0; 32]].concat();
                (0..64_u8).any(|message| UnparsedPublicKey::new(&ED25519, key).verify(&[message], &signature).is_ok())
            });
            // A point with x = 0 has no negative, which ring does refuse.
            let is_negative_zero = key[31] & 0x80 != 0 && key[1..31].iter().all(|byte| *byte == key[1]);
            assert!(forged || is_negative_zero, "{key:02x?}");
        }
    }
}
