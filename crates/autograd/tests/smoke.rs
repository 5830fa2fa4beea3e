use chainrule_autograd::*;
#[test]
fn smoke() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [[1.0, 2.0, 3.0],[4.0,5.0,6.0]]);
    let w = tape.input("w", [[1.0, -2.0],[0.5,0.25],[0.1,-0.7]]);
    let b = tape.input("b", [0.1, 0.2]);
    let y = (x.matmul(w) + b).tanh();
    let loss = (y.square().sum_over(&[1]) * 2.0).mean();
    let g = tape.gradient(loss, &[x, w, b]);
    println!("{tape}");
    for g in &g { println!("{g}"); }
    let s = x.softmax(0).log_softmax(1).logsumexp();
    println!("{s}");
    let z = x.slice(ndarray::s![0, ..;-1]);
    println!("{z} {}", z.prod());
    println!("{:?}", tape.gradient(z.prod() + x.max(), &[x])[0].to_vec());
    println!("{}", tape.memory());
}
#[test]
fn deep() {
    std::thread::Builder::new().stack_size(2<<20).spawn(|| {
        let t = std::time::Instant::now();
        let mut tape = Tape::<f64>::new();
        let x = tape.input("x", 1.0);
        let mut y = x;
        for i in 0..1_000_000 { y = if i % 2 == 0 { y * 1.0000001 } else { y + 1e-7 } }
        println!("record {:?}", t.elapsed());
        let g = y.grad(x);
        println!("gradient {:?}", t.elapsed());
        println!("{} {}", y.item(), g.item());
        println!("play {:?} {}", t.elapsed(), tape.memory());
        tape.clear(); drop(tape);
        println!("drop {:?}", t.elapsed());
        let tape = Tape::<f64>::new();
        let x = tape.input("x", vec![1.0; 100_000]);
        let y: Var<f64> = (0..100_000).map(|i| x.at_index(i).square()).sum();
        let g = y.grad(x);
        println!("{} {}", y.item(), g.to_vec()[99_999]);
        println!("fan-out {:?} {}", t.elapsed(), tape.memory());
    }).unwrap().join().unwrap();
}
