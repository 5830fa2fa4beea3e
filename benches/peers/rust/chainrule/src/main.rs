//! Our side: the workloads of the benches.

#[path = "../../../../workloads/mod.rs"]
mod workloads;

use worker::Forms;

fn main() {
    worker::serve(|id| {
        if std::env::var("PEER_THREADS").is_ok_and(|threads| threads != "1") {
            return Err("runs on one thread".into());
        }
        let workload = workloads::all().into_iter().find(|workload| workload.id == id);
        let forms = workload.ok_or("not a workload")?.forms;
        Ok(forms.into_iter().map(|form| (form.name, (form.prepare)())).collect::<Forms>())
    });
}
