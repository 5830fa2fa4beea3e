//! [`Feed`]: what an input can be given, and whether it fits.

use ndarray::{ArrayBase, ArrayViewD, Data, Dimension};

use crate::error::FeedError;
use crate::graph::Record;
use crate::node::Id;
use crate::ops::as_index;
use crate::play::Element;

/// Values for an input: a number, a list, nested lists, or any ndarray array or view, owned or
/// borrowed. The values are copied into the tape's buffer.
///
/// ```
/// use chainrule_autograd::Tape;
/// use ndarray::array;
/// let tape = Tape::<f64>::new();
/// tape.input("a", 1.0);
/// tape.input("b", [1.0, 2.0]);
/// tape.input("c", &array![[1.0, 2.0], [3.0, 4.0]]);
/// tape.input("d", array![[1.0, 2.0], [3.0, 4.0]].t());
/// tape.input("e", vec![1.0; 10]);
/// ```
pub trait Feed<T> {
    /// The values as an array.
    fn as_feed(&self) -> ArrayViewD<'_, T>;
}

impl<T, S: Data<Elem = T>, D: Dimension> Feed<T> for ArrayBase<S, D> {
    fn as_feed(&self) -> ArrayViewD<'_, T> {
        ndarray::ArrayRef::view(self).into_dyn()
    }
}

impl<T> Feed<T> for [T] {
    fn as_feed(&self) -> ArrayViewD<'_, T> {
        ndarray::ArrayView1::from(self).into_dyn()
    }
}

impl<T> Feed<T> for Vec<T> {
    fn as_feed(&self) -> ArrayViewD<'_, T> {
        self.as_slice().as_feed()
    }
}

macro_rules! feed_numbers {
    ($($t:ty)*) => { $(
        impl Feed<$t> for $t {
            fn as_feed(&self) -> ArrayViewD<'_, $t> {
                ndarray::ArrayView0::from_shape((), std::slice::from_ref(self))
                    .expect("one element")
                    .into_dyn()
            }
        }
        impl<const N: usize> Feed<$t> for [$t; N] {
            fn as_feed(&self) -> ArrayViewD<'_, $t> {
                self.as_slice().as_feed()
            }
        }
        impl<const M: usize, const N: usize> Feed<$t> for [[$t; N]; M] {
            fn as_feed(&self) -> ArrayViewD<'_, $t> {
                ndarray::ArrayView2::from_shape((M, N), self.as_flattened())
                    .expect("M·N elements")
                    .into_dyn()
            }
        }
    )* };
}
feed_numbers!(f32 f64);

impl<T, F: Feed<T> + ?Sized> Feed<T> for &F {
    fn as_feed(&self) -> ArrayViewD<'_, T> {
        (**self).as_feed()
    }
}

impl Record {
    /// Whether a value fits an input: its shape, and where it is read as indices, its elements.
    pub fn admit<T: Element>(&self, id: Id, value: &ArrayViewD<'_, T>) -> Result<(), FeedError> {
        let name = || self.name(id).map_or_else(|| id.to_string(), str::to_owned);
        let want = self.shape(id);
        if value.shape() != want {
            let (want, given) = (want.to_vec(), value.shape().to_vec());
            return Err(FeedError::Shape { name: name(), want, given });
        }
        if let Some(&(_, limit)) = self.index_limits.iter().find(|(input, _)| *input == id) {
            let mut values = value.iter().enumerate();
            if let Some((at, bad)) = values.find(|(_, v)| as_index(**v, limit).is_none()) {
                return Err(FeedError::Index { name: name(), at, value: bad.wide(), limit });
            }
        }
        Ok(())
    }
}
