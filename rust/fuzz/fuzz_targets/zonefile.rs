#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| truename_fuzz::zonefile::check(octets));
