//! Times every workload of `workloads/`, each in all its forms: `cargo bench`, or for some of them
//! `cargo bench --bench workloads -- T1`.

mod workloads;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

fn bench(c: &mut Criterion) {
    for workload in workloads::all(1) {
        let mut group = c.benchmark_group(workload.id);
        for form in workload.forms {
            let mut call = None;
            group.bench_function(form.name, |b| b.iter(call.get_or_insert_with(&form.prepare)));
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = bench
}
criterion_main!(benches);
