//! What the compiler does not find by itself: rows that become columns within the registers of AVX-512, and of
//! AVX2 for f64.
//! Only [`Registers`](super::Registers) calls these.

use std::arch::x86_64::*;

use bytemuck::cast;

/// The entry of a table that the three lowest bits of each place tell.
#[target_feature(enable = "avx512f")]
#[inline]
pub fn picked_f64(table: __m512d, places: __m512i) -> __m512d {
    _mm512_permutexvar_pd(places, table)
}

/// The entry of a table that the four lowest bits of each place tell.
#[target_feature(enable = "avx512f")]
#[inline]
pub fn picked_f32(table: __m512, places: __m512i) -> __m512 {
    _mm512_permutexvar_ps(places, table)
}

/// Four rows of four f64 turned.
#[target_feature(enable = "avx2")]
#[inline]
pub fn turned_fours_f64([a, b, c, d]: [__m256d; 4]) -> [__m256d; 4] {
    let (even, odd) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
    let (even_below, odd_below) = (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
    [
        _mm256_permute2f128_pd::<0x20>(even, even_below),
        _mm256_permute2f128_pd::<0x20>(odd, odd_below),
        _mm256_permute2f128_pd::<0x31>(even, even_below),
        _mm256_permute2f128_pd::<0x31>(odd, odd_below),
    ]
}

/// Eight rows of eight f64 turned: by pairs, which then are the elements of two squares of four rows.
#[target_feature(enable = "avx512f")]
#[inline]
pub fn turned_f64([a, b, c, d, e, f, g, h]: [__m512d; 8]) -> [__m512d; 8] {
    let [p, r, t, v] = square_of_pairs([
        _mm512_unpacklo_pd(a, b),
        _mm512_unpacklo_pd(c, d),
        _mm512_unpacklo_pd(e, f),
        _mm512_unpacklo_pd(g, h),
    ]);
    let [q, s, u, w] = square_of_pairs([
        _mm512_unpackhi_pd(a, b),
        _mm512_unpackhi_pd(c, d),
        _mm512_unpackhi_pd(e, f),
        _mm512_unpackhi_pd(g, h),
    ]);
    [p, q, r, s, t, u, v, w]
}

/// Four rows of four pairs turned.
#[target_feature(enable = "avx512f")]
#[inline]
fn square_of_pairs([a, b, c, d]: [__m512d; 4]) -> [__m512d; 4] {
    let (low, low_below) = (_mm512_shuffle_f64x2::<0x44>(a, b), _mm512_shuffle_f64x2::<0x44>(c, d));
    let (high, high_below) =
        (_mm512_shuffle_f64x2::<0xee>(a, b), _mm512_shuffle_f64x2::<0xee>(c, d));
    [
        _mm512_shuffle_f64x2::<0x88>(low, low_below),
        _mm512_shuffle_f64x2::<0xdd>(low, low_below),
        _mm512_shuffle_f64x2::<0x88>(high, high_below),
        _mm512_shuffle_f64x2::<0xdd>(high, high_below),
    ]
}

/// Where two registers of four pairs are dealt out: from the lower halves, from the upper halves.
const DEALT: [[i64; 8]; 2] = [[0, 1, 8, 9, 2, 3, 10, 11], [4, 5, 12, 13, 6, 7, 14, 15]];

/// Eight rows of four f64 to columns.
#[target_feature(enable = "avx512f")]
#[inline]
pub fn from_fours_f64(rows: [__m256d; 8]) -> [__m512d; 4] {
    let (even, odd) = (cast([0i64, 1, 8, 9, 4, 5, 12, 13]), cast([2i64, 3, 10, 11, 6, 7, 14, 15]));
    let mut pairs = [_mm512_setzero_pd(); 4];
    for i in 0..4 {
        pairs[i] = _mm512_insertf64x4::<1>(_mm512_castpd256_pd512(rows[i]), rows[i + 4]);
    }
    let [a, b, c, d] = pairs;
    let (a, b, c, d) = (
        _mm512_unpacklo_pd(a, b),
        _mm512_unpackhi_pd(a, b),
        _mm512_unpacklo_pd(c, d),
        _mm512_unpackhi_pd(c, d),
    );
    [
        _mm512_permutex2var_pd(a, even, c),
        _mm512_permutex2var_pd(b, even, d),
        _mm512_permutex2var_pd(a, odd, c),
        _mm512_permutex2var_pd(b, odd, d),
    ]
}

/// The way back.
#[target_feature(enable = "avx512f")]
#[inline]
pub fn to_fours_f64([a, b, c, d]: [__m512d; 4]) -> [__m256d; 8] {
    let (low, high) = (cast(DEALT[0]), cast(DEALT[1]));
    let (even, odd) = (_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
    let (even_right, odd_right) = (_mm512_unpacklo_pd(c, d), _mm512_unpackhi_pd(c, d));
    let first = _mm512_permutex2var_pd(even, low, even_right);
    let second = _mm512_permutex2var_pd(odd, low, odd_right);
    let third = _mm512_permutex2var_pd(even, high, even_right);
    let fourth = _mm512_permutex2var_pd(odd, high, odd_right);
    [
        _mm512_castpd512_pd256(first),
        _mm512_castpd512_pd256(second),
        _mm512_extractf64x4_pd::<1>(first),
        _mm512_extractf64x4_pd::<1>(second),
        _mm512_castpd512_pd256(third),
        _mm512_castpd512_pd256(fourth),
        _mm512_extractf64x4_pd::<1>(third),
        _mm512_extractf64x4_pd::<1>(fourth),
    ]
}

/// Sixteen rows of eight f32 to columns: squares of four rows, four to a register, are turned each by
/// itself, then put together.
#[target_feature(enable = "avx512f,avx512dq")]
#[inline]
pub fn from_eights_f32(rows: [__m256; 16]) -> [__m512; 8] {
    let mut columns = [_mm512_setzero_ps(); 8];
    let mut halves = [[_mm512_setzero_ps(); 4]; 2];
    for i in 0..4 {
        for half in 0..2 {
            let row = _mm512_castps256_ps512(rows[8 * half + i]);
            halves[half][i] = _mm512_insertf32x8::<1>(row, rows[8 * half + i + 4]);
        }
    }
    let [upper, lower] = halves;
    let (upper, lower) = (squares(upper), squares(lower));
    for j in 0..4 {
        columns[j] = _mm512_shuffle_f32x4::<0x88>(upper[j], lower[j]);
        columns[j + 4] = _mm512_shuffle_f32x4::<0xdd>(upper[j], lower[j]);
    }
    columns
}

/// The way back.
#[target_feature(enable = "avx512f,avx512dq")]
#[inline]
pub fn to_eights_f32(columns: [__m512; 8]) -> [__m256; 16] {
    let mut rows = [_mm256_setzero_ps(); 16];
    for half in 0..2 {
        let mut pieces = [_mm512_setzero_ps(); 4];
        for j in 0..4 {
            let (a, b) = (_mm512_castps_pd(columns[j]), _mm512_castps_pd(columns[j + 4]));
            pieces[j] = _mm512_castpd_ps(_mm512_permutex2var_pd(a, cast(DEALT[half]), b));
        }
        let pieces = squares(pieces);
        for i in 0..4 {
            rows[8 * half + i] = _mm512_castps512_ps256(pieces[i]);
            rows[8 * half + i + 4] = _mm512_extractf32x8_ps::<1>(pieces[i]);
        }
    }
    rows
}

/// Sixteen rows of four f32 to columns.
#[target_feature(enable = "avx512f")]
#[inline]
pub fn from_fours_f32(rows: [__m128; 16]) -> [__m512; 4] {
    let mut pieces = [_mm512_setzero_ps(); 4];
    for i in 0..4 {
        let piece = _mm512_castps128_ps512(rows[i]);
        let piece = _mm512_insertf32x4::<1>(piece, rows[i + 4]);
        let piece = _mm512_insertf32x4::<2>(piece, rows[i + 8]);
        pieces[i] = _mm512_insertf32x4::<3>(piece, rows[i + 12]);
    }
    squares(pieces)
}

/// The way back.
#[target_feature(enable = "avx512f")]
#[inline]
pub fn to_fours_f32(columns: [__m512; 4]) -> [__m128; 16] {
    let pieces = squares(columns);
    let mut rows = [_mm_setzero_ps(); 16];
    for i in 0..4 {
        rows[i] = _mm512_castps512_ps128(pieces[i]);
        rows[i + 4] = _mm512_extractf32x4_ps::<1>(pieces[i]);
        rows[i + 8] = _mm512_extractf32x4_ps::<2>(pieces[i]);
        rows[i + 12] = _mm512_extractf32x4_ps::<3>(pieces[i]);
    }
    rows
}

/// Four squares of four rows turned.
#[target_feature(enable = "avx512f")]
#[inline]
fn squares([a, b, c, d]: [__m512; 4]) -> [__m512; 4] {
    let ab = _mm512_castps_pd(_mm512_unpacklo_ps(a, b));
    let cd = _mm512_castps_pd(_mm512_unpacklo_ps(c, d));
    let ab_right = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
    let cd_right = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
    [
        _mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd)),
        _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd)),
        _mm512_castpd_ps(_mm512_unpacklo_pd(ab_right, cd_right)),
        _mm512_castpd_ps(_mm512_unpackhi_pd(ab_right, cd_right)),
    ]
}
