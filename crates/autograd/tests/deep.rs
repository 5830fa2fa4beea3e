//! Deep and wide tapes: a million nodes in a row, a value used a hundred thousand times. Whatever is
//! not linear in time would not end, and what is not linear in memory is counted.

use chainrule_autograd::{Tape, Var};

const CHAIN: u32 = 1_000_000;
const FAN: usize = 100_000;

/// Bytes of the record for each node, at most: the node, its place, its share of the lists, twice,
/// because vectors grow by doubling.
const BYTES_PER_NODE: usize = 160;

fn on_a_small_stack(f: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(f).expect("a thread");
    thread.join().expect("no overflow");
}

fn assert_linear(tape: &Tape<f64>, nodes: usize, elements: usize) {
    let memory = tape.memory();
    assert!(memory.nodes <= nodes, "{memory}, at most {nodes} nodes");
    assert!(memory.elements <= elements, "{memory}, at most {elements} elements");
    assert!(memory.record_bytes <= BYTES_PER_NODE * memory.nodes + 10_000, "{memory}");
    assert!(memory.value_bytes <= 32 * (memory.elements + 1000), "{memory}");
}

#[test]
fn a_chain_of_a_million_nodes() {
    on_a_small_stack(|| {
        let mut tape = Tape::<f64>::new();
        {
            let x = tape.input("x", 1.0);
            let y = (0..CHAIN / 2).fold(x, |y, _| -(y * 1.000_001));
            assert_eq!(tape.len(), CHAIN as usize + 1);
            let dx = y.grad(x);
            let want = 1.000_001f64.powi(CHAIN as i32 / 2);
            assert!((y.item() / want - 1.0).abs() < 1e-9, "{} for {want}", y.item());
            assert!((dx.item() / want - 1.0).abs() < 1e-9, "{} for {want}", dx.item());
            x.set(-2.0).unwrap();
            assert!((y.item() / want + 2.0).abs() < 1e-8);
            assert_linear(&tape, 2 * CHAIN as usize + 10, 2 * CHAIN as usize + 10);
        }
        tape.clear();
        assert!(tape.is_empty());
        drop(tape);
    });
}

#[test]
fn deep_second_order_and_views() {
    on_a_small_stack(|| {
        let tape = Tape::<f64>::new();
        let x = tape.input("x", [0.5, 0.25]);
        let y = (0..20_000)
            .fold(x, |y, _| y.slice(ndarray::s![..;-1]).insert_axis(0).reshape(&[2]).sin() * 1.01);
        let d = y.sum().grad(x);
        let dd = d.sum().grad(x);
        assert!(y.to_vec().iter().chain(&d.to_vec()).chain(&dd.to_vec()).all(|v| v.is_finite()));
        assert_linear(&tape, 40 * 20_000, 40 * 20_000);
    });
}

#[test]
fn a_value_used_many_times() {
    on_a_small_stack(|| {
        let tape = Tape::<f64>::new();
        let x = tape.input("x", 3.0);
        let y = (0..FAN).fold(x, |y, _| y + x);
        assert_eq!(y.grad(x).item(), FAN as f64 + 1.0);
        let z: Var<'_> = (0..FAN).map(|i| x * i as f64).sum();
        assert_eq!(z.grad(x).item(), (FAN * (FAN - 1) / 2) as f64);
        let power = (0..100).map(|_| x).product::<Var<'_>>();
        assert!((power.ln().grad(x).item() / 100.0 * 3.0 - 1.0).abs() < 1e-12);
        assert_linear(&tape, 5 * FAN, 5 * FAN);
    });
}

#[test]
fn a_loop_over_the_entries_of_a_vector() {
    on_a_small_stack(|| {
        let tape = Tape::<f64>::new();
        let values: Vec<f64> = (0..FAN).map(|i| i as f64).collect();
        let x = tape.input("x", values.clone());
        let y: Var<'_> = (0..FAN).map(|i| x.at_index(i).square()).sum();
        let dx = y.grad(x);
        let doubled: Vec<f64> = values.iter().map(|x| 2.0 * x).collect();
        assert_eq!(dx.to_vec(), doubled);
        assert_linear(&tape, 8 * FAN, 12 * FAN);
        // The gradient of the gradient gathers as many parts again.
        let hessian_row_sums = dx.sum().grad(x);
        assert_eq!(hessian_row_sums.to_vec(), vec![2.0; FAN]);
        assert_linear(&tape, 20 * FAN, 30 * FAN);
    });
}

#[test]
fn a_recurrence_that_reads_and_stacks() {
    // hᵢ = tanh(hᵢ₋₁ + xᵢ), all of them stacked: a long tape of small slices.
    let tape = Tape::<f64>::new();
    let n = 20_000;
    let x = tape.input("x", vec![0.01; n]);
    let mut states = vec![x.at_index(0).tanh()];
    for i in 1..n {
        states.push((states[i - 1] + x.at_index(i)).tanh());
    }
    let all = chainrule_autograd::stack(&states, 0);
    assert_eq!(all.shape(), [n]);
    let dx = all.sum().grad(x).to_vec();
    assert!(dx.iter().all(|d| d.is_finite() && *d > 0.0));
    let last = dx[n - 1];
    let slope = 1.0 - states[n - 1].item().powi(2);
    assert!((last - slope).abs() < 1e-12, "{last} for {slope}");
    assert_linear(&tape, 20 * n, 20 * n);
}
