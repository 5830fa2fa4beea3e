//! Numbers that look random and are the same in every language: a hash of their index.

use chainrule::ndarray::ArrayD;

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

/// An array of such numbers times `width`.
pub fn uniform(shape: &[usize], salt: usize, width: f64) -> ArrayD<f32> {
    let mut indices = 0..;
    ArrayD::from_shape_simple_fn(shape, || {
        (number(salt, indices.next().expect("endless")) * width) as f32
    })
}

/// Classes below `classes`.
pub fn labels(rows: usize, salt: usize, classes: usize) -> ArrayD<f32> {
    let class = |row| ((number(salt, row) + 0.5) * classes as f64).floor() as f32;
    ArrayD::from_shape_fn(vec![rows], |row| class(row[0]))
}
