//! Images: pages give their sizes, large ones get thumbnails, and damaged ones do not stop a build.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, RgbImage, RgbaImage};
use tribune::internals::content::assets::inspect;
use tribune::internals::content::assets::{Picture, measure};
use tribune::internals::render::outputs::reduce;

use crate::memory;
use crate::site_test::{SiteTest, document};

const FRONT: &str = "title: 视察\ndate: 2025-01-01\ndistrict: 汉阳区";

/// An image with some detail; another seed gives another image.
fn painting(width: u32, height: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_add(seed) % 97;
        image::Rgb([(x % 251) as u8, (y % 241) as u8, grain as u8])
    })
}

fn bytes_of(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let (image, mut bytes) = (painting(width, height, 0), Vec::new());
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.write_image(image.as_raw(), width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    bytes_of(painting(width, height, 0), ImageFormat::Png)
}

/// The same JPEG with EXIF data of one entry: the orientation (EXIF 2.32, 4.6.2 and 4.6.5).
fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

fn size(name: &str, bytes: &[u8]) -> Option<(u32, u32, bool)> {
    let picture = measure(name, bytes).expect("a sound picture")?;
    Some((picture.width, picture.height, picture.reduced))
}

/// The size of a file that is a picture.
fn dimensions(bytes: &[u8]) -> (u32, u32) {
    let image = image::load_from_memory(bytes).unwrap();
    (image.width(), image.height())
}

/// A document with this body, beside a JPEG of 2000 by 200 pixels: a low one takes little time.
fn site(body: &str) -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", "---\ntitle: 要闻\ndescription: 说明\n---\n");
    site.write("content/news/2025/a.md", format!("---\n{FRONT}\n---\n\n{body}\n"));
    site.write("content/news/2025/photo.jpg", jpeg(2000, 200));
    site
}

#[test]
fn image_sizes_follow_the_orientation() {
    assert_eq!(size("a.jpg", &jpeg(40, 30)), Some((40, 30, false)));
    assert_eq!(size("a.PNG", &png(40, 30)), Some((40, 30, false)));
    for (ending, format) in [("gif", ImageFormat::Gif), ("webp", ImageFormat::WebP)] {
        assert_eq!(
            size(&format!("a.{ending}"), &bytes_of(painting(40, 30, 0), format)),
            Some((40, 30, false))
        );
    }
    let drawing = |text: &[u8]| inspect("a.svg", text).size;
    assert_eq!(drawing(b"\xef\xbb\xbf<svg viewBox=\"0 0 40 30\"/>"), Some((40, 30)));
    assert_eq!((drawing(b"<svg/>"), inspect("a.xml", b"<svg width='1' height='1'/>").size), (None, None));
    assert_eq!(size("a.pdf", &png(40, 30)), None);
    // Browsers do not look at names.
    assert_eq!(size("a.jpg", &png(40, 30)), Some((40, 30, false)));
    for orientation in 1..=8 {
        let expected = if orientation < 5 { (40, 30, false) } else { (30, 40, false) };
        assert_eq!(size("a.jpg", &turned(&jpeg(40, 30), orientation)), Some(expected), "{orientation}");
    }
}

#[test]
fn images_wider_than_1600_pixels_get_thumbnails_unless_huge_animated_or_cmyk() {
    let reduced = |name: &str, bytes: &[u8]| measure(name, bytes).unwrap().unwrap().reduced;
    assert!(reduced("a.jpg", &jpeg(1601, 2)) && !reduced("a.jpg", &jpeg(1600, 2)));
    assert!(reduced("a.jpg", &turned(&jpeg(2, 1601), 6)) && !reduced("a.jpg", &turned(&jpeg(1601, 2), 6)));
    assert!(reduced("a.png", &png(12_000, 1)) && !reduced("a.png", &png(12_001, 1)));
    assert!(!reduced("a.webp", &bytes_of(painting(1601, 2, 0), ImageFormat::WebP)));
    // One that says it is huge.
    let mut head = jpeg(1601, 2);
    let frame = head.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    let mut claims = |height: u16, width: u16| {
        head[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        head[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        measure("a.jpg", &head).unwrap().unwrap()
    };
    assert_eq!(claims(8333, 12_000), Picture { width: 12_000, height: 8333, reduced: true });
    assert_eq!(claims(8334, 12_000), Picture { width: 12_000, height: 8334, reduced: false });
    // Four inks: another component in the frame.
    let mut inked = jpeg(1601, 2);
    inked[frame + 3] += 3;
    inked[frame + 9] = 4;
    inked.splice(frame + 19..frame + 19, [4, 0x11, 0]);
    assert!(!reduced("a.jpg", &inked));
    // A moving PNG says so before its first pixels.
    let still = png(1700, 2);
    let chunk =
        [&8u32.to_be_bytes()[..], b"acTL\0\0\0\x01\0\0\0\0", &crc(b"acTL\0\0\0\x01\0\0\0\0")].concat();
    let frame = b"fcTL\0\0\0\0\0\0\x06\xA4\0\0\0\x02\0\0\0\0\0\0\0\0\0\x01\0\x01\0\0";
    let frame = [&26u32.to_be_bytes()[..], frame, &crc(frame)].concat();
    assert!(
        reduced("a.png", &still) && !reduced("a.png", &[&still[..33], &chunk, &frame, &still[33..]].concat())
    );
}

/// The check sum of a PNG chunk (PNG, annex D).
fn crc(bytes: &[u8]) -> [u8; 4] {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    };
    (!bytes.iter().fold(!0, step)).to_be_bytes()
}

#[test]
fn thumbnails_are_smaller_upright_and_reproducible() {
    let upright = jpeg(2000, 200);
    let both = reduce(&upright).unwrap();
    assert_eq!(both.iter().map(|bytes| dimensions(bytes)).collect::<Vec<_>>(), [(1600, 160), (800, 80)]);
    assert!(both.iter().all(|bytes| bytes.len() < upright.len() && bytes.starts_with(b"\xFF\xD8")));
    assert_eq!(reduce(&upright).unwrap(), both);
    let on_its_side = reduce(&turned(&jpeg(200, 2000), 6)).unwrap();
    assert_eq!(dimensions(&on_its_side[0]), (1600, 160));
    assert!(!on_its_side[0].windows(4).any(|window| window == b"Exif"));
    let png = reduce(&png(2000, 200)).unwrap();
    assert!(png.iter().all(|bytes| bytes.starts_with(b"\x89PNG")));
    assert_eq!(dimensions(&png[1]), (800, 80));
}

#[test]
fn thumbnails_follow_the_orientation() {
    let mut image = RgbImage::from_pixel(200, 2000, image::Rgb([250, 0, 0]));
    for (_, _, pixel) in image.enumerate_pixels_mut().filter(|(x, _, _)| *x >= 100) {
        *pixel = image::Rgb([0, 0, 250]);
    }
    // Turned clockwise, the left half is at the top; counter-clockwise, at the bottom.
    for (orientation, red_on_top) in [(6, true), (8, false)] {
        let jpeg = turned(&bytes_of(image.clone(), ImageFormat::Jpeg), orientation);
        let reduced = image::load_from_memory(&reduce(&jpeg).unwrap()[1]).unwrap().into_rgb8();
        assert_eq!(reduced.dimensions(), (800, 80));
        assert_eq!(reduced.get_pixel(400, 5).0[0] > 200, red_on_top, "{orientation}");
    }
}

#[test]
fn transparent_colours_do_not_bleed_into_thumbnails() {
    let mut image = RgbaImage::from_pixel(2000, 4, image::Rgba([0, 255, 0, 0]));
    for (_, _, pixel) in image.enumerate_pixels_mut().filter(|(x, _, _)| x / 3 % 2 == 0) {
        *pixel = image::Rgba([200, 0, 0, 255]);
    }
    let reduced = reduce(&bytes_of(image, ImageFormat::Png)).unwrap();
    let reduced = image::load_from_memory(&reduced[1]).unwrap().into_rgba8();
    assert!(reduced.pixels().all(|pixel| pixel.0[3] < 20 || pixel.0[1] < 20), "green shines through");
}

#[test]
fn pages_give_the_size_of_an_image_and_its_thumbnails() {
    let mut site = site("![代表 **走访** & \"x\"](photo.jpg)\n\n[看大图](photo.jpg)");
    site.build();
    let html = site.output("news/2025/a.html");
    let expected = "<img src=\"/news/2025/photo.w1600.jpg\" alt=\"代表 走访 &amp; &quot;x&quot;\" \
         srcset=\"/news/2025/photo.w800.jpg 800w, /news/2025/photo.w1600.jpg 1600w\" \
         sizes=\"(min-width: 44rem) 40rem, 100vw\" width=\"1600\" height=\"160\" loading=\"lazy\" decoding=\"async\" />";
    assert!(html.contains(expected), "{html}");
    assert!(html.contains("<a href=\"/news/2025/photo.jpg\">看大图</a>"), "{html}");
    for (path, size) in
        [("photo.jpg", (2000, 200)), ("photo.w1600.jpg", (1600, 160)), ("photo.w800.jpg", (800, 80))]
    {
        let bytes = std::fs::read(site.out().join("news/2025").join(path)).unwrap();
        assert_eq!(dimensions(&bytes), size, "{path}");
    }
    let outputs = site.list("outputs");
    assert!(outputs.iter().any(|row| row["url"] == "/news/2025/photo.w800.jpg"), "{outputs:?}");
}

#[test]
fn small_images_have_a_size_and_external_images_have_none() {
    let mut site = site("![小](/小 图.png)\n\n![外](https://a.example/b.jpg)\n\n![定](photo.jpg?v=1)");
    site.change("content/news/2025/a.md", "/小 图.png", "</小 图.png>");
    site.write("content/小 图.png", png(40, 30)).build();
    site.check_file("news/2025/a.html", |html| {
        let small = "<img src=\"/%E5%B0%8F%20%E5%9B%BE.png\" alt=\"小\" width=\"40\" height=\"30\" loading=\"lazy\" decoding=\"async\" />";
        assert!(html.contains(small), "{html}");
        let other = "<img src=\"https://a.example/b.jpg\" alt=\"外\" loading=\"lazy\" decoding=\"async\" />";
        assert!(html.contains(other), "{html}");
        let very = "<img src=\"/news/2025/photo.jpg?v=1\" alt=\"定\" loading=\"lazy\" decoding=\"async\" />";
        assert!(html.contains(very), "{html}");
    });
}

#[test]
fn image_attributes_survive_the_html_sanitizer() {
    let mut site = site("![甲](photo.jpg)\n\n<u>线</u>");
    site.build().check_page("news/2025/a.html", |page| {
        for name in ["srcset", "sizes", "width", "height", "loading", "decoding"] {
            assert_eq!(page.attributes("main img", name).len(), 1, "{name}");
        }
    });
}

#[test]
fn images_in_section_introductions_have_a_size() {
    let mut site = site("正文");
    site.write("content/_index.md", "![甲](news/2025/photo.jpg)\n");
    site.write("content/news/_index.md", "---\ntitle: 要闻\n---\n\n![甲](2025/photo.jpg)\n");
    site.write("content/news/2025/photo.jpg", jpeg(40, 30)).build();
    for path in ["index.html", "news/index.html"] {
        site.check_file(path, |html| assert!(html.contains("width=\"40\" height=\"30\""), "{path}: {html}"));
    }
    site.write("content/news/2025/photo.jpg", jpeg(50, 30)).build();
    for path in ["index.html", "news/index.html"] {
        site.check_file(path, |html| assert!(html.contains("width=\"50\" height=\"30\""), "{path}: {html}"));
    }
}

/// What was made by the next build, in order.
fn made(site: &SiteTest) -> Vec<String> {
    let run = site.run(&["build", "--explain"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let lines = run.stdout.lines().filter(|line| !line.starts_with("built "));
    let mut paths: Vec<String> = lines.map(|line| line.split(':').next().unwrap().to_owned()).collect();
    paths.sort();
    paths
}

#[test]
fn thumbnails_are_made_again_only_when_the_image_changes() {
    let mut site = site("![甲](photo.jpg)");
    site.build();
    site.change("content/site.yaml", "江城人大", "河城人大");
    let after_the_title = made(&site);
    assert!(after_the_title.contains(&"news/2025/a.html".to_owned()), "{after_the_title:?}");
    assert!(!after_the_title.iter().any(|path| path.contains("photo")), "{after_the_title:?}");
    site.change("content/news/2025/a.md", "![甲]", "![乙]");
    assert_eq!(made(&site), ["news/2025/a.html"]);
    site.write("content/news/2025/photo.jpg", jpeg(2400, 300));
    let all =
        ["a.html", "photo.jpg", "photo.w1600.jpg", "photo.w800.jpg"].map(|name| format!("news/2025/{name}"));
    assert_eq!(made(&site), all);
    assert!(site.output("news/2025/a.html").contains("width=\"1600\" height=\"200\""));
    site.write("content/news/2025/photo.jpg", jpeg(40, 30));
    assert_eq!(made(&site), all[..2]);
    site.has_not("news/2025/photo.w800.jpg");
    assert!(site.output("news/2025/a.html").contains("src=\"/news/2025/photo.jpg\""));
}

#[test]
fn a_file_at_the_path_of_a_thumbnail_is_a_collision() {
    site("![甲](photo.jpg)")
        .publish_all()
        .write("content/news/2025/photo.w800.JPG", jpeg(40, 30))
        .fails_with(&["collision"]);
}

#[test]
fn unreadable_images_are_reported_and_published_unchanged() {
    let whole = jpeg(2000, 200);
    for rubbish in [
        &b""[..],
        b"one",
        b"\xFF\xD8\xFF",
        b"\x89PNG\r\n\x1A\n",
        b"GIF89a",
        b"RIFF1234WEBP",
        &whole[..300],
        &whole[..whole.len() * 9 / 10],
    ] {
        let mut site = site("![甲](photo.jpg)");
        site.write("content/news/2025/photo.jpg", rubbish);
        for _ in 0..2 {
            let run = site.run(&["build", "--json"]);
            assert_eq!((run.code, run.codes()), (0, vec!["picture-unreadable".to_owned()]), "{rubbish:?}");
        }
        site.check_file("news/2025/a.html", |html| {
            assert!(html.contains("<img src=\"/news/2025/photo.jpg\" alt=\"甲\" loading"), "{html}");
        });
    }
}

#[test]
fn damaged_images_are_reported_at_every_build_and_published_unchanged() {
    let mut site = site("![甲](photo.png)");
    site.publish_all();
    let whole = png(2000, 400);
    site.write("content/news/2025/photo.png", &whole[..whole.len() / 2]);
    for _ in 0..3 {
        let run = site.run(&["build", "--json"]);
        assert_eq!((run.code, run.codes()), (0, vec!["picture-damaged".to_owned()]), "{}", run.stdout);
    }
    let shown = std::fs::read(site.out().join("news/2025/photo.w800.png")).unwrap();
    assert_eq!(shown, whole[..whole.len() / 2]);
    site.args(&["--strict"]).fails_with(&["picture-damaged"]);
    site.args(&[]).write("content/news/2025/photo.png", &whole).check_build(|report| {
        assert_eq!(report["diagnostics"].as_array().map(Vec::len), Some(0), "{report}");
    });
}

#[test]
fn damaged_images_never_panic() {
    let pictures = [("a.jpg", turned(&jpeg(60, 40), 6)), ("a.png", png(60, 40))];
    let others =
        [ImageFormat::Gif, ImageFormat::WebP].map(|format| ("a.gif", bytes_of(painting(60, 40, 0), format)));
    let mut dice = 1u64;
    for (name, whole) in pictures.into_iter().chain(others) {
        for round in 0..2000 {
            let mut bytes = whole.clone();
            let mut below = |end: usize| {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (dice >> 33) as usize % end
            };
            // Most of what can be told apart stands at the beginning.
            for _ in 0..1 + round % 4 {
                let at = below(if round % 2 == 0 { bytes.len() } else { bytes.len().min(200) });
                bytes[at] = below(256) as u8;
            }
            bytes.truncate(if round % 3 == 0 { below(bytes.len()) } else { bytes.len() });
            let small = |picture: Picture| picture.width.max(picture.height) < 1000;
            if measure(name, &bytes).ok().flatten().is_some_and(small) {
                let _ = image::load_from_memory(&bytes);
            }
        }
    }
}

#[test]
fn a_caption_can_name_the_photographer() {
    let body = "![a](photo.jpg \"视察现场 | 摄影：张三\")\n\n![b](photo.jpg \"甲｜乙｜李四 <摄>\")\n\n\
                ![c](photo.jpg \"没有署名\")\n\n![d](photo.jpg \"|王五\")\n\n文中![e](photo.jpg \"题 | 名\")字";
    let mut site = site(body);
    site.build().check_file("news/2025/a.html", |html| {
        for caption in [
            "<figcaption>视察现场<span class=\"credit\">摄影：张三</span></figcaption></figure>",
            "<figcaption>甲｜乙<span class=\"credit\">李四 &lt;摄&gt;</span></figcaption>",
            "<figcaption>没有署名</figcaption>",
            "<figcaption><span class=\"credit\">王五</span></figcaption>",
            "alt=\"e\" title=\"题 | 名\" srcset",
        ] {
            assert!(html.contains(caption), "{caption}: {html}");
        }
        assert_eq!(html.matches("<figure>").count(), 4);
    });
}

#[test]
fn cards_show_the_image_of_a_document() {
    let template = "{% for item in documents(section=\"news\") %}{% set p = item.picture %}{{ item.title }}: \
        {% if p %}{{ item.image }} {{ p.url }} {{ p.permalink }} {{ p.width or 0 }} {{ p.height or 0 }} {{ p.srcset or \"-\" }}\
        {% else %}-{% endif %}\n{% endfor %}";
    let files = |big: Vec<u8>| {
        let image = |title: &str, day: u32, image: &str| {
            document(&format!("title: {title}\ndate: 2025-01-0{day}\ndistrict: 汉阳区\n{image}"))
        };
        let files = [
            ("content/news/a.md", image("大", 4, "image: big.jpg").into_bytes()),
            ("content/news/b.md", image("小", 3, "image: small.png").into_bytes()),
            ("content/news/c.md", image("外", 2, "image: https://a.example/b.jpg").into_bytes()),
            ("content/news/d.md", image("无", 1, "").into_bytes()),
            ("content/news/big.jpg", big),
            ("content/news/small.png", png(40, 30)),
            ("themes/chamber/templates/years.html", template.as_bytes().to_vec()),
        ];
        memory::world(files.map(|(path, bytes)| (path.to_owned(), bytes)))
    };
    let shown = |big: Vec<u8>| {
        let (build, outputs) = memory::build(&files(big));
        assert!(build.is_ok(), "{:?}", build.diagnostics);
        String::from_utf8(outputs["years/index.html"].clone()).unwrap()
    };
    let first = "大: /news/big.jpg /news/big.w1600.jpg https://example.gov.cn/news/big.w1600.jpg 1600 160 \
        /news/big.w800.jpg 800w, /news/big.w1600.jpg 1600w";
    let text = shown(jpeg(2000, 200));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0].replace("&#x2F;", "/"), first);
    assert_eq!(lines[1], "小: /news/small.png /news/small.png https://example.gov.cn/news/small.png 40 30 -");
    assert_eq!(lines[2], "外: https://a.example/b.jpg https://a.example/b.jpg https://a.example/b.jpg 0 0 -");
    assert_eq!(lines[3], "无: -");
}

#[test]
fn a_changed_image_size_updates_pages_that_show_its_card() {
    let mut site = SiteTest::empty();
    site.write("content/news/a.md", document(&format!("{FRONT}\nimage: a.png")));
    site.write("content/news/a.png", png(40, 30));
    let template = "{% for item in documents(section=\"news\") %}{{ item.picture.width }}{% endfor %}";
    site.write("themes/chamber/templates/years.html", template).build();
    assert_eq!(site.output("years/index.html"), "40");
    site.write("content/news/a.png", png(50, 30)).build();
    assert_eq!(site.output("years/index.html"), "50");
}
