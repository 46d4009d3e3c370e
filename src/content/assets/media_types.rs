//! Which files servers tell the media type of: those with an ending that is in the tables that web servers come with
//! (`mime.types` of Apache and nginx). Of all others they may tell nothing, and browsers then look into the file.
//! Endings of web pages are not here, whatever servers tell of them: see [`crate::content::assets::active_content`].

/// Endings whose media type browsers believe: none of them is shown as a page.
const TOLD: &[&[&str]] = &[
    // Text, data, and what pages are made of.
    &["txt", "text", "log", "conf", "csv", "tsv", "json", "css", "js", "srt", "ics"],
    &["vcf", "rtf", "tex", "wasm", "eml", "m3u8", "woff", "woff2", "ttf", "otf", "eot", "ttc"],
    // Pictures.
    &["png", "jpg", "jpeg", "jpe", "gif", "webp", "ico", "bmp", "tif", "tiff", "psd"],
    // Sound and film.
    &["mp3", "m4a", "aac", "ogg", "oga", "opus", "wav", "flac", "mid", "midi", "wma"],
    &["mp4", "m4v", "webm", "ogv", "mov", "avi", "wmv", "flv", "mpg", "mpeg", "mkv", "3gp", "rm", "rmvb"],
    // Documents of office programs. What they call a table or a letter is often a web page by its content.
    &[
        "pdf", "ps", "epub", "doc", "docx", "docm", "dot", "dotx", "xls", "xlsx", "xlsm", "xlsb", "xlt",
        "xltx",
    ],
    &[
        "ppt", "pptx", "pptm", "pps", "ppsx", "pot", "potx", "odt", "ods", "odp", "odg", "wps", "vsd", "dwg",
        "dxf",
    ],
    // Archives and programs to be downloaded.
    &["zip", "rar", "7z", "tgz", "tar", "bz2", "xz", "jar", "apk", "exe", "msi", "dmg", "iso", "bin"],
];

/// Do servers tell the media type of files with this `ending` (in lower case)?
pub fn is_told(ending: &str) -> bool {
    TOLD.iter().any(|endings| endings.contains(&ending))
}
