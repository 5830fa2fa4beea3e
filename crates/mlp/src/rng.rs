//! Random numbers from a named, portable generator: one seed, one independent stream per purpose.
//!
//! The streams are apart so that, say, another batch size does not change which rows are held
//! back for the test.

/// The generator: xoshiro256++, the same numbers on every platform.
pub use rand::rngs::Xoshiro256PlusPlus as Generator;
use rand::{Rng, SeedableRng};

/// What random numbers are drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The split into training, validation and test rows.
    Split,
    /// The initial weights.
    Init,
    /// The order of the rows in each epoch.
    Order,
}

/// The stream of random numbers that `seed` gives for one purpose.
pub fn stream(seed: u64, purpose: Purpose) -> Generator {
    let mut seeds = Generator::seed_from_u64(seed);
    let drawn = [seeds.next_u64(), seeds.next_u64(), seeds.next_u64()];
    Generator::seed_from_u64(drawn[purpose as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_purpose_and_by_seed_and_repeat() {
        let first = |seed, purpose| stream(seed, purpose).next_u64();
        assert_eq!(first(0, Purpose::Split), first(0, Purpose::Split));
        assert_ne!(first(0, Purpose::Split), first(0, Purpose::Init));
        assert_ne!(first(0, Purpose::Init), first(0, Purpose::Order));
        assert_ne!(first(0, Purpose::Split), first(1, Purpose::Split));
    }
}
