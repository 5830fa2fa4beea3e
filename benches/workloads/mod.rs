//! What is measured, one definition for each workload: the benches time these, and so does the
//! comparison with other libraries in `benches/peers/`.

mod chain;
mod data;
mod derivatives;
mod digits;
mod elementwise;
mod jacobian;
mod networks;
mod training;

/// What is timed. It gives a number that depends on its work: the same in every library.
pub type Call = Box<dyn FnMut() -> f64>;

/// One way to do a workload.
pub struct Form {
    /// `program`: compiled once and replayed; `recorded`: recorded anew for each call.
    pub name: &'static str,
    /// Makes the data and whatever else is not timed.
    pub prepare: Box<dyn Fn() -> Call>,
}

/// A workload, and our ways to do it.
pub struct Workload {
    /// The name in tables and results, such as `T1`.
    pub id: &'static str,
    /// The best form first.
    pub forms: Vec<Form>,
}

impl Workload {
    fn new(id: &'static str) -> Workload {
        Workload { id, forms: Vec::new() }
    }

    fn form(mut self, name: &'static str, prepare: impl Fn() -> Call + 'static) -> Workload {
        self.forms.push(Form { name, prepare: Box::new(prepare) });
        self
    }
}

/// Every workload; the steps of training on a number of threads.
pub fn all(threads: usize) -> Vec<Workload> {
    let training = training::all(threads);
    let [elementwise, chain] = [elementwise::all(), chain::all()];
    let others = [jacobian::all(), derivatives::all(), digits::all()];
    [training, elementwise, chain].into_iter().chain(others).flatten().collect()
}
