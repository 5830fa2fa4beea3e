//! Our side: the workloads of the benches.

#[path = "../../../../workloads/mod.rs"]
mod workloads;

use worker::Forms;

fn main() {
    let threads = std::env::var("PEER_THREADS").ok().and_then(|count| count.parse().ok());
    worker::serve(|id| {
        let all = workloads::all(threads.unwrap_or(1));
        let workload = all.into_iter().find(|workload| workload.id == id);
        let forms = workload.ok_or("not a workload")?.forms;
        Ok(forms.into_iter().map(|form| (form.name, (form.prepare)())).collect::<Forms>())
    });
}
