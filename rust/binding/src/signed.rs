//! RRsets of signed zones with their signatures, for who looks whether they verify.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use truename_core::facts::SignedSet;

/// (owner, type, data, signatures), data in wire form
pub type SignedRows<'py> = Vec<(String, String, Vec<Bound<'py, PyBytes>>, Vec<Bound<'py, PyBytes>>)>;

/// The RRsets as Python sees them.
pub fn rows<'py>(py: Python<'py>, sets: Vec<SignedSet>) -> SignedRows<'py> {
    let octets = |all: &[Vec<u8>]| all.iter().map(|one| PyBytes::new(py, one)).collect::<Vec<_>>();
    let row =
        |set: &SignedSet| (set.owner.to_string(), set.rtype.to_string(), octets(&set.data), octets(&set.signatures));
    sets.iter().map(row).collect()
}
