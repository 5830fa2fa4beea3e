//! The numbers that workloads start from: they look random, and are the same in every language.

/// The `index`-th number of the sequence `salt`, in −½..½ with 32 bits.
///
/// The index is mixed by the last step of MurmurHash3 (Appleby, 2011).
pub fn number(salt: usize, index: usize) -> f64 {
    let mut h = (index as u32).wrapping_add((salt as u32).wrapping_mul(0x9e37_79b9));
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^= h >> 16;
    f64::from(h) / 4_294_967_296.0 - 0.5
}

/// So many of them times `width`.
pub fn uniform(count: usize, salt: usize, width: f64) -> Vec<f32> {
    (0..count).map(|index| (number(salt, index) * width) as f32).collect()
}

/// Classes below `classes`.
pub fn labels(count: usize, salt: usize, classes: usize) -> Vec<usize> {
    (0..count).map(|index| ((number(salt, index) + 0.5) * classes as f64) as usize).collect()
}

/// What activations are computed of, 1000 × 1000, and the adjoint that comes back.
pub fn elementwise() -> [Vec<f32>; 2] {
    [uniform(1_000_000, 0, 8.0), uniform(1_000_000, 1, 2.0)]
}

/// An entry of the results, to look at.
pub const ENTRY: [usize; 2] = [123, 456];

/// x, a and b of the chain of 1000.
pub const SHORT: [f32; 3] = [1.0, 0.999, 0.001];
/// x, a and b of the chain of 10⁶, such that no derivative becomes subnormal.
pub const LONG: [f32; 3] = [2.0, 0.999_999, 0.000_001];
