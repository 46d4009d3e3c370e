#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| tribune_fuzz::picture_head(data));
