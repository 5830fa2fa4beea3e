//! The Jacobians of the vector-valued activations in closed form, of plain vectors: entry (i, j) is
//! ∂yᵢ/∂xⱼ. Those of elementwise ones are [`Activation::jacobian`].
//!
//! ```
//! use chainrule_activations::jacobian;
//! use ndarray::array;
//!
//! let j = jacobian::softmax(&array![0.0, 0.0], 2.0); // at temperature 2
//! assert_eq!(j, array![[0.125, -0.125], [-0.125, 0.125]]);
//! let j = jacobian::sparsemax(&array![1.0, 2.0, 2.5]);
//! assert_eq!(j, array![[0.0, 0.0, 0.0], [0.0, 0.5, -0.5], [0.0, -0.5, 0.5]]);
//! ```

use chainrule_autograd::{Element, Tape};
use ndarray::{Array1, Array2, Axis, concatenate};

use crate::Activation;
use crate::softmax::{log_softmax_jacobian, softmax_jacobian};
use crate::vector;

/// (diag(y) − y·yᵀ)/T with y = softmax(z/T): symmetric to the bit, its rows sum to 0. Also that of
/// the Gumbel softmax, with z + g for z and τ for T.
pub fn softmax<T: Element>(z: &Array1<T>, temperature: f64) -> Array2<T> {
    let t = T::narrow(temperature);
    let largest = z.iter().fold(T::narrow(f64::NEG_INFINITY), |m, &z| if z > m { z } else { m });
    let scaled = if temperature == 1.0 { z.clone() } else { z.mapv(|z| (z - largest) / t) };
    softmax_jacobian(&scaled).mapv(|j| j / t)
}

/// y·yᵀ − diag(y) with y = softmax(−z).
pub fn softmin<T: Element>(z: &Array1<T>) -> Array2<T> {
    softmax_jacobian(&z.mapv(|z| -z)).mapv(|j| -j)
}

/// δᵢⱼ − yⱼ with y = softmax(z).
pub fn log_softmax<T: Element>(z: &Array1<T>) -> Array2<T> {
    log_softmax_jacobian(z)
}

/// One row: softmax(z), and 0 where all entries are −∞.
pub fn logsumexp<T: Element>(z: &Array1<T>) -> Array2<T> {
    let nothing = z.iter().all(|z| z.wide() == f64::NEG_INFINITY);
    let y = crate::softmax::softmax(z, -1);
    let y = if nothing { y.mapv(|_| T::zero()) } else { y };
    y.insert_axis(Axis(0))
}

/// diag(s) − s·sᵀ/Σs, s = 1 where sparsemax is above 0.
pub fn sparsemax<T: Element>(z: &Array1<T>) -> Array2<T> {
    let tape = Tape::new();
    let y = vector::sparsemax(tape.constant(z), -1).to_vec();
    let inside = |i: usize| y[i].wide() > 0.0;
    let share = T::narrow(1.0 / (0..y.len()).filter(|&i| inside(i)).count() as f64);
    Array2::from_shape_fn((y.len(), y.len()), |(i, j)| match inside(i) && inside(j) {
        true if i == j => T::narrow(1.0) - share,
        true => -share,
        false => T::zero() * y[i] * y[j], // NaN stays NaN
    })
}

/// n × 2n: (diag(f(g)), diag(v·f′(g))), for value·f(gate) in (value, gate).
///
/// # Panics
/// If the two have different lengths.
pub fn gated<T: Element>(f: Activation, value: &Array1<T>, gate: &Array1<T>) -> Array2<T> {
    let of_gate = f.derivative(1, gate) * value;
    let blocks = [Array2::from_diag(&f.apply(gate)), Array2::from_diag(&of_gate)];
    concatenate(Axis(1), &blocks.each_ref().map(|b| b.view())).expect("n rows in each")
}

/// n/k × n: 1 at the largest of each group of k, shared evenly among ties.
///
/// # Panics
/// If the length is not a multiple of `pieces`.
pub fn maxout<T: Element>(z: &Array1<T>, pieces: usize) -> Array2<T> {
    let tape = Tape::new();
    let y = vector::maxout(tape.constant(z), -1, pieces).to_vec();
    Array2::from_shape_fn((y.len(), z.len()), |(i, j)| {
        let group = i * pieces..(i + 1) * pieces;
        let ties = group.clone().filter(|&j| z[j] == y[i]).count();
        T::narrow(match group.contains(&j) {
            true if ties == 0 => f64::NAN, // no number is the largest
            true if z[j] == y[i] => 1.0 / ties as f64,
            _ => 0.0,
        })
    })
}

/// 2n × n: diag(1 where x > 0) over −diag(1 where x < 0).
pub fn crelu<T: Element>(x: &Array1<T>) -> Array2<T> {
    let up = x.mapv(|x| above_zero(x, T::one(), T::zero()));
    let down = x.mapv(|x| above_zero(-x, -T::one(), T::zero()));
    let blocks = [Array2::from_diag(&up), Array2::from_diag(&down)];
    concatenate(Axis(0), &blocks.each_ref().map(|b| b.view())).expect("n columns in each")
}

/// `yes` where x > 0, else `no`; NaN for NaN.
fn above_zero<T: Element>(x: T, yes: T, no: T) -> T {
    match x.partial_cmp(&T::zero()) {
        Some(std::cmp::Ordering::Greater) => yes,
        Some(_) => no,
        None => T::narrow(f64::NAN),
    }
}

/// n × n in x and n × 1 in the slope w: diag(1 where x > 0, else w) and min(x, 0).
pub fn prelu<T: Element>(x: &Array1<T>, slope: T) -> [Array2<T>; 2] {
    let in_x = x.mapv(|x| above_zero(x, T::one(), slope));
    let in_slope = x.mapv(|x| above_zero(x, T::zero(), x));
    [Array2::from_diag(&in_x), in_slope.insert_axis(Axis(1))]
}
