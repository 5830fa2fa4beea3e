//! Products of one block each, as many as there are: what they have in common is worked out once, and
//! the code for the machine is entered once for all of them.

use super::super::{Precision, Registers, WideTask};
use super::blocks::{Job, Part, TILE, aligned};
use super::registers::{LANES, LONG, NARROW, WIDE};
use super::tile::{Out, Strip};

/// Products that lie alike.
pub(super) struct Batch<'j, 'a, T> {
    job: &'j Job<'a, T>,
    /// Where the left and the right factors start, counted from where those of the job do.
    starts: [&'j [usize]; 2],
    /// The results, one after the other.
    out: &'j mut [T],
    pack: &'j mut [T],
}

impl<'j, 'a, T: Precision> Batch<'j, 'a, T> {
    /// The operands are as the job's caller has them, exchanged or not.
    #[inline]
    pub fn of(
        job: &'j Job<'a, T>,
        [a, b]: [&'j [usize]; 2],
        out: &'j mut [T],
        pack: &'j mut [T],
    ) -> Self {
        let starts = if job.flipped { [b, a] } else { [a, b] };
        Batch { job, starts, out, pack }
    }
}

impl<T: Precision> WideTask for Batch<'_, '_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, registers: Registers<BYTES>) {
        let Batch { job, starts: [a, b], out, pack } = self;
        let ([m, k, n], [rows, terms, columns]) = (job.dims, job.dims.map(Part::whole));
        let (spill, pack) = aligned(pack).split_at_mut(TILE);
        let (pack_b, pack_a) = pack.split_at_mut(n.next_multiple_of(LANES) * k);
        let mut packed = usize::MAX;
        for ((y, &a), &b) in out.chunks_exact_mut(m * n).zip(a).zip(b) {
            let one = job.moved(a, b);
            let left = one.left(rows, terms, pack_a);
            for strip in one.strips(columns) {
                let to = &mut pack_b[strip.start * k..];
                // Taken apart: what is put down in pieces and read back whole stalls the core.
                let (data, step) = match one.in_place(terms, strip) {
                    Some((data, step)) => (data, step),
                    // Often one matrix is the right factor of all.
                    None if packed == b => (&*to, one.lanes(strip)),
                    None => one.packed(terms, strip, to),
                };
                let right = (data, step);
                let y = &mut y[strip.start * job.strides()[1]..];
                let spill = &mut *spill;
                let strides = job.strides();
                let out = Out { y, strides, width: strip.len, spill, onto: job.onto };
                let wide = WIDE * BYTES / size_of::<T>();
                if strip.len <= wide / WIDE {
                    Strip::<T, NARROW> { left, right, rows: m, out }.run::<FMA, BYTES>(registers);
                } else if strip.len <= wide {
                    Strip::<T, WIDE> { left, right, rows: m, out }.run::<FMA, BYTES>(registers);
                } else {
                    Strip::<T, LONG> { left, right, rows: m, out }.run::<FMA, BYTES>(registers);
                }
            }
            packed = b;
        }
    }
}
