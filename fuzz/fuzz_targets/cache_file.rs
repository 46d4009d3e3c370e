#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| tribune_fuzz::cache_file(data));
