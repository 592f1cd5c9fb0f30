//! `truename._core`: the core as Python sees it. `src/truename/_core.pyi` is its documentation.
//!
//! Only thin classes: arguments are read, the GIL is given back, the core works, values are made of what
//! it says. DNS is not judged here.

mod branch;
mod facts;
mod graph;
mod listing;
mod prepared;
mod reach;
mod rows;
mod server;
mod signed;
mod stored;
mod text;
mod values;
mod world;

use pyo3::prelude::*;

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<branch::Branch>()?;
    module.add_class::<graph::Graph>()?;
    module.add_class::<server::Server>()?;
    module.add_class::<server::Counters>()?;
    module.add_class::<values::Chain>()?;
    module.add_class::<facts::Fact>()?;
    module.add_function(wrap_pyfunction!(facts::fact_texts, module)?)?;
    module.add_class::<values::Hop>()?;
    module.add_class::<values::Loaded>()?;
    module.add_class::<prepared::Prepared>()?;
    module.add_class::<values::Problem>()?;
    module.add_class::<reach::Reached>()?;
    module.add_function(wrap_pyfunction!(prepared::normalize, module)?)?;
    module.add_function(wrap_pyfunction!(prepared::normalize_name, module)?)?;
    module.add_function(wrap_pyfunction!(prepared::written_labels, module)?)?;
    module.add_function(wrap_pyfunction!(prepared::canonical, module)?)?;
    module.add_function(wrap_pyfunction!(prepared::text_of, module)?)?;
    module.add_function(wrap_pyfunction!(prepared::type_text, module)?)?;
    module.add_class::<text::ZoneText>()?;
    module.add_function(wrap_pyfunction!(listing::zone_text, module)?)?;
    module.add_function(wrap_pyfunction!(stored::stored_text, module)?)?;
    module.add_function(wrap_pyfunction!(stored::place_of, module)?)?;
    module.add_function(wrap_pyfunction!(stored::owner_at, module)?)?;
    module.add_function(wrap_pyfunction!(text::read_text, module)?)?;
    module.add_function(wrap_pyfunction!(text::count_generated, module)?)?;
    module.add_function(wrap_pyfunction!(text::find_links, module)?)?;
    module.add_function(wrap_pyfunction!(text::is_link, module)?)?;
    module.add_function(wrap_pyfunction!(text::name_spans, module)?)?;
    module.add_class::<world::Read>()?;
    module.add_class::<world::World>()?;
    module.add_class::<values::Zone>()
}
