//! [`Level`]: which instruction set a kernel runs on. All `unsafe` of the workspace is here.

// A function compiled for an instruction set must not run where that is missing; the compiler
// cannot know, so the call is `unsafe`. A `Level` cannot be made but from what was found on this
// machine, `Registers` not but where a `Level` runs, and that is the whole proof. The one other call asks
// for a line of the cache (`fetch`).
#![allow(unsafe_code)]

use std::sync::OnceLock;

use bytemuck::Pod;
#[cfg(target_arch = "x86_64")]
use bytemuck::cast;

use super::Precision;
#[cfg(target_arch = "x86_64")]
use super::shuffles;

/// An instruction set that this machine has.
///
/// ```
/// use chainrule_autograd::kernel::Level;
/// let levels: Vec<Level> = Level::all().collect();
/// assert_eq!(levels[0], Level::PORTABLE);
/// assert_eq!(levels.last(), Some(&Level::best()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// Work that can be compiled for each instruction set. `run` is `#[inline(always)]`, as is all it
/// calls.
pub(crate) trait Task {
    type Output;
    fn run<const FMA: bool>(self) -> Self::Output;
}

/// Work that is laid out by how wide the registers are, in bytes. `run` is `#[inline(always)]`, as is
/// all it calls.
pub(crate) trait WideTask {
    type Output;
    fn run<const FMA: bool, const BYTES: usize>(self, registers: Registers<BYTES>) -> Self::Output;
}

/// A task that does not care.
struct AnyWidth<K>(K);

impl<K: Task> WideTask for AnyWidth<K> {
    type Output = K::Output;
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, _: Registers<BYTES>) -> K::Output {
        self.0.run::<FMA>()
    }
}

/// The same, filling a slice. That it lies apart from all else is known of a parameter, not of a
/// field; without it each loop is compiled a second time, element by element, for slices that
/// overlap.
pub(crate) trait Fill<T> {
    fn run<const FMA: bool, const BYTES: usize>(self, registers: Registers<BYTES>, y: &mut [T]);
}

/// Whether the target multiplies and adds with one rounding anyway.
const PORTABLE_FMA: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

impl Level {
    /// What every machine of the target has.
    pub const PORTABLE: Level = Level(Set::Portable);

    /// The levels of this machine, the fastest last.
    pub fn all() -> impl Iterator<Item = Level> {
        #[cfg_attr(not(target_arch = "x86_64"), allow(unused_mut))]
        let mut levels = vec![Level::PORTABLE];
        #[cfg(target_arch = "x86_64")]
        levels.extend(match Self::best().0 {
            Set::Portable => &[][..],
            Set::Avx2 => &[Level(Set::Avx2)],
            Set::Avx512 => &[Level(Set::Avx2), Level(Set::Avx512)],
        });
        levels.into_iter()
    }

    /// The fastest level of this machine.
    #[inline]
    pub fn best() -> Level {
        // Found once: a kernel of four elements costs less than asking anew.
        static BEST: OnceLock<Level> = OnceLock::new();
        *BEST.get_or_init(Self::detect)
    }

    #[cold]
    fn detect() -> Level {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bw");
            return Level(if wide { Set::Avx512 } else { Set::Avx2 });
        }
        Level::PORTABLE
    }

    /// `portable`, `avx2` or `avx512`
    pub fn name(self) -> &'static str {
        match self.0 {
            Set::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512",
        }
    }

    /// How many bytes a register holds.
    #[inline]
    pub(crate) fn bytes(self) -> usize {
        match self.0 {
            Set::Portable => 16,
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => 32,
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => 64,
        }
    }

    /// The level whose registers are half as long, where it does as much with two of them at a time.
    #[inline]
    pub(crate) fn halved(self) -> Level {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => Level(Set::Avx2),
            set => Level(set),
        }
    }

    /// Asks for the lines of a row, or for as many of them as leave room in the nearest cache: they will be
    /// needed soon. Processors with AVX-512 see so by themselves, and are but held up.
    #[inline]
    pub(crate) fn fetch_row<T>(self, row: &[T]) {
        const MOST: usize = 64;
        if self.bytes() < LINE {
            row.chunks_exact(LINE / size_of::<T>()).take(MOST).for_each(|line| fetch(&line[0]));
        }
    }

    /// Runs the code that was compiled for this level.
    #[inline]
    pub(crate) fn run<K: Task>(self, task: K) -> K::Output {
        self.run_wide(AnyWidth(task))
    }

    /// Runs the code that was compiled for this level and its width.
    #[inline]
    pub(crate) fn run_wide<K: WideTask>(self, task: K) -> K::Output {
        match self.0 {
            Set::Portable => portable(task),
            // SAFETY: `best` makes this level where AVX2 and FMA were detected, and nobody else does.
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => unsafe { avx2(task) },
            // SAFETY: likewise, with the four parts of AVX-512.
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => unsafe { avx512(task) },
        }
    }

    /// Likewise.
    #[inline]
    pub(crate) fn fill<T, K: Fill<T>>(self, task: K, y: &mut [T]) {
        match self.0 {
            Set::Portable => portable_fill(task, y),
            // SAFETY: as in `run`.
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => unsafe { avx2_fill(task, y) },
            // SAFETY: as in `run`.
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => unsafe { avx512_fill(task, y) },
        }
    }
}

/// Bytes of a line of the cache.
pub(crate) const LINE: usize = 64;

/// Asks for the line of the cache that an element lies on: it will be needed soon. Where there is no
/// such instruction it does nothing.
#[inline(always)]
pub(crate) fn fetch<T>(element: &T) {
    // SAFETY: every x86-64 has the instruction, and it reads nothing that the program could see.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = element;
}

/// The registers of the level that code is compiled for: what has them runs on a machine that has.
#[derive(Clone, Copy)]
pub(crate) struct Registers<const BYTES: usize>(());

impl<const BYTES: usize> Registers<BYTES> {
    /// Whether numbers go [side by side](super::Lane). (Without vectors only the compiler had more to do.)
    pub const ABREAST: bool = BYTES >= 32;
    /// Whether a register is a whole line of the cache. Then the machine has AVX-512: comparisons give masks, and
    /// shuffles reach all of a register.
    pub const WIDEST: bool = cfg!(target_arch = "x86_64") && BYTES == LINE;

    /// The entries of a table of 8 f64 or 16 f32 that the lowest bits of as many numbers tell.
    #[inline(always)]
    pub fn picked<T: Precision, const N: usize>(self, table: &[T; N], places: [T; N]) -> [T; N] {
        #[cfg(target_arch = "x86_64")]
        if Self::WIDEST {
            // SAFETY: this machine has registers of 64 bytes, so it has AVX-512.
            unsafe {
                match (size_of::<T>(), N) {
                    (8, 8) => return cast(shuffles::picked_f64(cast(*table), cast(places))),
                    (4, 16) => return cast(shuffles::picked_f32(cast(*table), cast(places))),
                    _ => {}
                }
            }
        }
        places.map(|place| table[place.low_bits() % N])
    }

    /// Rows become columns. Quickly between as many as a register has elements and four or eight.
    #[inline(always)]
    pub fn turned<T: Pod, const A: usize, const B: usize>(self, x: [[T; A]; B]) -> [[T; B]; A] {
        #[cfg(target_arch = "x86_64")]
        if Self::WIDEST {
            // SAFETY: this machine has registers of 64 bytes, so it has AVX-512.
            unsafe {
                match (size_of::<T>(), A, B) {
                    (8, 8, 8) => return cast(shuffles::turned_f64(cast(x))),
                    (8, 4, 8) => return cast(shuffles::from_fours_f64(cast(x))),
                    (8, 8, 4) => return cast(shuffles::to_fours_f64(cast(x))),
                    (4, 8, 16) => return cast(shuffles::from_eights_f32(cast(x))),
                    (4, 16, 8) => return cast(shuffles::to_eights_f32(cast(x))),
                    (4, 4, 16) => return cast(shuffles::from_fours_f32(cast(x))),
                    (4, 16, 4) => return cast(shuffles::to_fours_f32(cast(x))),
                    _ => {}
                }
            }
        }
        #[cfg(target_arch = "x86_64")]
        if BYTES == 32 && (size_of::<T>(), A, B) == (8, 4, 4) {
            // SAFETY: this machine has registers of 32 bytes, so it has AVX2.
            return unsafe { cast(shuffles::turned_fours_f64(cast(x))) };
        }
        let mut y = [[T::zeroed(); B]; A];
        for j in 0..B {
            for i in 0..A {
                y[i][j] = x[j][i];
            }
        }
        y
    }
}

#[inline(never)]
fn portable<K: WideTask>(task: K) -> K::Output {
    task.run::<PORTABLE_FMA, 16>(Registers(()))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<K: WideTask>(task: K) -> K::Output {
    task.run::<true, 32>(Registers(()))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
fn avx512<K: WideTask>(task: K) -> K::Output {
    task.run::<true, 64>(Registers(()))
}

#[inline(never)]
fn portable_fill<T, K: Fill<T>>(task: K, y: &mut [T]) {
    task.run::<PORTABLE_FMA, 16>(Registers(()), y);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2_fill<T, K: Fill<T>>(task: K, y: &mut [T]) {
    task.run::<true, 32>(Registers(()), y);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
fn avx512_fill<T, K: Fill<T>>(task: K, y: &mut [T]) {
    task.run::<true, 64>(Registers(()), y);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_turned<const BYTES: usize, const A: usize, const B: usize>(registers: Registers<BYTES>) {
        let (mut single, mut double) = ([[0f32; A]; B], [[0f64; A]; B]);
        for i in 0..A * B {
            (single[i / A][i % A], double[i / A][i % A]) = (i as f32, i as f64);
        }
        let (single, double) = (registers.turned(single), registers.turned(double));
        for i in 0..A * B {
            assert_eq!(single[i % A][i / A], i as f32, "f32: {B} rows of {A}, {BYTES} bytes");
            assert_eq!(double[i % A][i / A], i as f64, "f64: {B} rows of {A}, {BYTES} bytes");
        }
    }

    struct Moves;

    impl WideTask for Moves {
        type Output = ();
        fn run<const FMA: bool, const BYTES: usize>(self, registers: Registers<BYTES>) {
            is_turned::<BYTES, 4, 4>(registers);
            is_turned::<BYTES, 8, 8>(registers);
            is_turned::<BYTES, 4, 8>(registers);
            is_turned::<BYTES, 8, 4>(registers);
            is_turned::<BYTES, 8, 16>(registers);
            is_turned::<BYTES, 16, 8>(registers);
            is_turned::<BYTES, 4, 16>(registers);
            is_turned::<BYTES, 16, 4>(registers);
            let table = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0f64];
            let places = [3u64, 8, 23, 6, 0, 7 << 40, 1, 4].map(f64::from_bits);
            let picked = registers.picked(&table, places);
            assert_eq!(picked, [4.0, 1.0, 8.0, 7.0, 1.0, 1.0, 2.0, 5.0], "{BYTES} bytes");
            let table = std::array::from_fn(|i| i as f32);
            let places = std::array::from_fn(|i| f32::from_bits(37 * i as u32));
            let picked: [f32; 16] = registers.picked(&table, places);
            let expected = std::array::from_fn(|i| (37 * i % 16) as f32);
            assert_eq!(picked, expected, "{BYTES} bytes");
        }
    }

    #[test]
    fn registers_move_what_they_say() {
        Level::all().for_each(|level| level.run_wide(Moves));
    }
}
