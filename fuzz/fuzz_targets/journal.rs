#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| tribune_fuzz::journal(data));
