//! Loads a theme from its layers of templates, static files and translations: the site's own theme, the themes that it
//! extends, and the default theme in the binary. What a layer lacks comes from the layer below.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use crate::config::yaml::{Located, Node, Value, Yaml, located};
use crate::config::{Config, Limits};
use crate::diagnostics::messages::{Shape, ThemeProblem};
use crate::diagnostics::{Diagnostic, Place, Source, read_source, world_error};
use crate::text::{in_markup, in_script, in_style, nearest};
use crate::theme::static_files::{StaticFile, fingerprinted};
use crate::world::{Fingerprint, THEMES, World};

/// The theme in the binary, below all others.
pub(super) const DEFAULT_THEME: &str = "chamber";
static EMBEDDED: Dir = include_dir!("$CARGO_MANIFEST_DIR/themes/chamber");

const THEME_KEYS: &[&str] =
    &["name", "description", "author", "license", "homepage", "version", "extends", "extra"];

/// Templates that are not for documents, even for those of a section with the same name.
const NOT_FOR_DOCUMENTS: &[&str] =
    &["base", "home", "listing", "districts", "years", "topics", "sitemap", "404", "redirect", "page"];

/// A theme, merged from its layers.
#[derive(Debug, Default)]
pub struct Theme {
    /// Templates by their full names, as `themes/mine/templates/page.html` or `chamber/page.html`.
    pub(crate) templates: BTreeMap<String, String>,
    /// The prefixes that make a full name from a short one, topmost layer first.
    pub(crate) prefixes: Vec<String>,
    /// Static files, sorted by name.
    pub statics: Vec<Arc<StaticFile>>,
    /// Translations by key.
    pub words: BTreeMap<String, String>,
    /// `extra` of the theme.yaml files, topmost layer first.
    pub extra: Vec<Node>,
}

/// One theme folder, on disk or in the binary.
struct Layer {
    /// The prefix of its file names in messages: `themes/mine/` or `chamber/`.
    prefix: String,
    files: BTreeMap<String, Vec<u8>>,
    extends: Option<Located<String>>,
    extra: Option<Node>,
}

/// Loads the theme of the site.
pub fn load(world: &dyn World, config: &Config) -> (Theme, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let layers = layers(world, config, &mut diagnostics);
    let mut theme = Theme::default();
    for layer in &layers {
        theme.extra.extend(layer.extra.clone());
    }
    for layer in layers.iter().rev() {
        theme.words.extend(words(layer, &config.language, &mut diagnostics));
    }
    let statics = fingerprinted(topmost_statics(&layers), &mut diagnostics);
    theme.statics = statics.into_iter().map(Arc::new).collect();
    for layer in layers {
        theme.prefixes.push(template_prefix(&layer.prefix));
        theme.templates.extend(templates(layer, &mut diagnostics));
    }
    (theme, diagnostics)
}

fn layers(world: &dyn World, config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<Layer> {
    let mut layers = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some((config.theme.clone(), crate::world::SITE_FILE.to_owned()));
    while let Some((name, named_in)) = next.take() {
        let diagnostic = |problem| match read_source(world, &named_in) {
            Ok(source) => Diagnostic::new(problem).at(source.place(name.span)),
            Err(_) => Diagnostic::new(problem).at(Place::file(named_in.clone())),
        };
        if !seen.insert(name.value.clone()) {
            diagnostics.push(diagnostic(ThemeProblem::ThemeLoop { name: name.value.clone() }));
            // Without the default theme, there would be an error for every template with a missing parent, too.
            if seen.insert(DEFAULT_THEME.to_owned()) {
                layers.extend(theme_layers(world, DEFAULT_THEME, &config.limits, diagnostics));
            }
            break;
        }
        let found = theme_layers(world, &name.value, &config.limits, diagnostics);
        if found.is_empty() {
            let known = known_themes(world);
            diagnostics.push(diagnostic(ThemeProblem::UnknownTheme { name: name.value.clone(), known }));
        }
        let extends = found.iter().find_map(|layer| {
            layer.extends.clone().map(|name| (name, format!("{}theme.yaml", layer.prefix)))
        });
        layers.extend(found);
        // Every theme extends the default theme, so that it can consist of a single template.
        next = match extends {
            Some(next) => Some(next),
            None if seen.contains(DEFAULT_THEME) => None,
            None => Some((Located { value: DEFAULT_THEME.to_owned(), span: name.span }, named_in.clone())),
        };
    }
    layers
}

/// The layers of one theme: its folder in the site, and for the default theme the one in the binary.
fn theme_layers(
    world: &dyn World,
    name: &str,
    limits: &Limits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Layer> {
    let mut layers = Vec::new();
    let is_folder_name = !name.is_empty() && !name.contains(['/', '\\']) && !name.starts_with('.');
    if is_folder_name {
        let before = diagnostics.len();
        let files = disk_files(world, name, limits, diagnostics);
        // A theme that cannot be read exists nevertheless.
        if !files.is_empty() || diagnostics.len() > before {
            layers.push(layer(format!("{THEMES}/{name}/"), files, diagnostics));
        }
    }
    if name == DEFAULT_THEME {
        let files = embedded_files(&EMBEDDED).into_iter().map(|(path, bytes)| (path, bytes.to_vec()));
        layers.push(layer(format!("{DEFAULT_THEME}/"), files.collect(), diagnostics));
    }
    layers
}

fn disk_files(
    world: &dyn World,
    name: &str,
    limits: &Limits,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Vec<u8>> {
    let folder = format!("{THEMES}/{name}");
    let mut files = BTreeMap::new();
    for entry in world.list(&folder) {
        let read = entry.and_then(|entry| {
            let below = entry.path[folder.len() + 1..].to_owned();
            let limit = if below.starts_with("static/") { limits.asset } else { limits.file };
            world.read(&entry.path, limit).map(|content| (below, content.bytes))
        });
        match read {
            Ok((below, bytes)) => {
                files.insert(below, bytes);
            }
            Err(error) => diagnostics.push(world_error(&error)),
        }
    }
    files
}

/// The files in a folder inside the program, by their paths.
pub fn embedded_files(dir: &Dir<'static>) -> BTreeMap<String, &'static [u8]> {
    let mut files: BTreeMap<_, _> = dir.dirs().flat_map(embedded_files).collect();
    files.extend(dir.files().map(|file| (file.path().to_string_lossy().replace('\\', "/"), file.contents())));
    files
}

fn layer(prefix: String, files: BTreeMap<String, Vec<u8>>, diagnostics: &mut Vec<Diagnostic>) -> Layer {
    let (mut extends, mut extra) = (None, None);
    let path = format!("{prefix}theme.yaml");
    if let Some(source) = files.get("theme.yaml").and_then(|bytes| decoded(&path, bytes, diagnostics)) {
        let yaml = Yaml::file(&source);
        match yaml.parse(THEME_KEYS).and_then(|node| yaml.fields(node, THEME_KEYS)) {
            Ok(mut fields) => {
                for key in ["name", "description", "author", "license", "homepage", "version"] {
                    fields.text(key);
                }
                extends = fields.text("extends");
                extra = Some(fields.free_map("extra"));
                diagnostics.extend(located(&source, fields.finish()));
            }
            Err(error) => diagnostics.push(*error),
        }
    }
    Layer { prefix, files, extends, extra }
}

fn decoded(path: &str, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Option<Source> {
    match Source::decode(path, bytes) {
        Ok(source) => {
            diagnostics.extend(source.notices());
            Some(source)
        }
        Err(error) => {
            diagnostics.push(*error);
            None
        }
    }
}

fn known_themes(world: &dyn World) -> Vec<String> {
    let mut names = BTreeSet::from([DEFAULT_THEME.to_owned()]);
    for entry in world.list(THEMES).into_iter().flatten() {
        names.extend(
            entry.path.split('/').nth(1).map(str::to_owned).filter(|_| entry.path.matches('/').count() > 1),
        );
    }
    names.into_iter().collect()
}

/// The translations of a layer: those of the primary language (`zh`), overridden by those of the full tag (`zh-CN`).
fn words(layer: &Layer, language: &str, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<String, String> {
    let primary = language.split('-').next().unwrap_or(language);
    let mut tags = vec![primary];
    // Chinese is the default theme's main language, and the fallback for what another language lacks.
    if layer.prefix == format!("{DEFAULT_THEME}/") {
        tags.insert(0, "zh-CN");
    }
    if language != primary {
        tags.push(language);
    }
    let mut words = BTreeMap::new();
    for tag in tags {
        let name = format!("i18n/{tag}.yaml");
        let Some(bytes) = layer.files.get(&name) else { continue };
        let path = format!("{}{name}", layer.prefix);
        let Some(source) = decoded(&path, bytes, diagnostics) else { continue };
        let yaml = Yaml::file(&source);
        match yaml.parse(&[]).and_then(|node| yaml.fields(node, &[])) {
            Ok(mut fields) => {
                for (key, node) in fields.take_all() {
                    fields.check("i18n", &node);
                    match node.value {
                        Value::Text(text) | Value::Integer(_, text) | Value::Float(_, text) => {
                            words.insert(key.name, text);
                        }
                        _ => fields.wrong(&key.name, Shape::Text, &node),
                    }
                }
                diagnostics.extend(located(&source, fields.finish()));
            }
            Err(error) => diagnostics.push(*error),
        }
    }
    words
}

/// The static files by name, each from the topmost layer that has it, with its origin.
fn topmost_statics(layers: &[Layer]) -> BTreeMap<&str, (&[u8], String)> {
    let mut files: BTreeMap<&str, (&[u8], String)> = BTreeMap::new();
    for layer in layers {
        for (path, bytes) in &layer.files {
            let Some(name) = path.strip_prefix("static/") else { continue };
            files.entry(name).or_insert_with(|| (bytes, format!("{}{path}", layer.prefix)));
        }
    }
    files
}

fn template_prefix(layer: &str) -> String {
    if Path::new(layer).starts_with(THEMES) { format!("{layer}templates/") } else { layer.to_owned() }
}

fn templates(layer: Layer, diagnostics: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    let prefix = template_prefix(&layer.prefix);
    let mut templates = Vec::new();
    for (path, bytes) in layer.files {
        let Some(name) = path.strip_prefix("templates/") else { continue };
        if let Some(source) = decoded(&format!("{}{path}", layer.prefix), &bytes, diagnostics) {
            templates.push((format!("{prefix}{name}"), source.text));
        }
    }
    templates
}

/// The names of the components that a template's text defines.
fn components(text: &str) -> impl Iterator<Item = String> {
    text.match_indices("component").filter_map(|(at, word)| {
        let rest = &text[at + word.len()..];
        let name = tag_name(rest);
        (rest.starts_with(char::is_whitespace) && !name.is_empty()).then_some(name)
    })
}

/// The name at the beginning of `text`: words separated by dots, with or without spaces around them.
fn tag_name(text: &str) -> String {
    let mut name = String::new();
    let mut rest = text.trim_start();
    loop {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        name.push_str(&rest[..end]);
        rest = rest[end..].trim_start();
        match rest.strip_prefix('.') {
            Some(more) if end > 0 => {
                name.push('.');
                rest = more.trim_start();
            }
            _ => return name,
        }
    }
}

impl Theme {
    /// The full name of the template with the short `name`, from the topmost layer that has it.
    pub fn template(&self, name: &str) -> Option<String> {
        let full = |prefix: &String| format!("{prefix}{name}");
        self.prefixes.iter().map(full).find(|name| self.templates.contains_key(name))
    }

    /// The short name of the template with the name `full`.
    fn short_name<'n>(&self, full: &'n str) -> Option<&'n str> {
        self.prefixes.iter().find_map(|prefix| full.strip_prefix(prefix.as_str()))
    }

    /// The fingerprint of the template with the short `name` and of all templates that it may use.
    pub fn fingerprint(&self, name: &str) -> Fingerprint {
        let used = self.used(name);
        // The order of the layers decides which template a short name refers to.
        let resolved = |full: &str| self.short_name(full).and_then(|short| self.template(short));
        let texts = used.iter().map(|full| (full, &self.templates[*full], resolved(full)));
        Fingerprint::of_value(&texts.collect::<Vec<_>>())
    }

    /// Whether `word` occurs in the template with the short `name`, or in one that it may use. Values that are not
    /// mentioned need not be computed.
    pub fn mentions(&self, name: &str, word: &str) -> bool {
        self.used(name).iter().any(|full| self.templates[*full].contains(word))
    }

    /// The files that templates, static files and `extra` mention, as written.
    pub fn mentioned(&self) -> Vec<String> {
        let of_template = |text: &str| {
            let texts = in_script(text).into_iter().chain(in_markup(text));
            // `{{ site.url }}img/a.png`
            texts.map(|text| text.rsplit("}}").next().unwrap_or_default().to_owned()).collect()
        };
        let of_static = |file: &Arc<StaticFile>| {
            let text = std::str::from_utf8(&file.bytes).unwrap_or_default();
            match file.name.rsplit_once('.') {
                Some((_, "css")) => in_style(text),
                Some((_, "js" | "mjs" | "json")) => in_script(text),
                _ => Vec::new(),
            }
        };
        let templates =
            self.templates.values().flat_map(|text: &String| -> Vec<String> { of_template(text) });
        let mut mentioned: Vec<String> = templates.chain(self.statics.iter().flat_map(of_static)).collect();
        mentioned.extend(self.extra.iter().flat_map(Node::texts).map(str::to_owned));
        mentioned
    }

    /// The full names of the template with the short `name` and of all templates that it may use.
    fn used(&self, name: &str) -> BTreeSet<&str> {
        let full = self.template(name).unwrap_or_default();
        let mut used = BTreeSet::new();
        let mut pending: Vec<&str> =
            self.templates.get_key_value(&full).map(|(full, _)| full.as_str()).into_iter().collect();
        while let Some(full) = pending.pop() {
            if let Some((full, text)) = self.templates.get_key_value(full)
                && used.insert(full.as_str())
            {
                pending.extend(
                    self.templates.keys().map(String::as_str).filter(|other| self.refers_to(text, other)),
                );
            }
        }
        used
    }

    /// Whether the template with the name `full` can be used. One that a higher layer overrides is used only by its
    /// full name, or for the components that it defines.
    pub fn is_usable(&self, full: &str) -> bool {
        let used = self.short_name(full).and_then(|short| self.template(short));
        used.is_none_or(|used| used == full)
            || components(&self.templates[full]).next().is_some()
            || self.templates.values().any(|text| text.contains(full))
    }

    /// Whether a template's text may refer to the template with the name `full`, or use a component that it defines.
    /// There may be false positives, but no false negatives.
    fn refers_to(&self, text: &str, full: &str) -> bool {
        let quoted = |name: &str| {
            text.match_indices(name).any(|(at, name)| {
                let quotes = ['"', '\'', '`'];
                text[..at].ends_with(quotes) && text[at + name.len()..].starts_with(quotes)
            })
        };
        let mut components = components(&self.templates[full]).peekable();
        quoted(full)
            || self.short_name(full).is_some_and(quoted)
            || (components.peek().is_some() && {
                let used: Vec<String> =
                    text.match_indices('<').map(|(at, _)| tag_name(&text[at + 1..])).collect();
                components.any(|component| used.contains(&component))
            })
    }

    /// The first of these short names that has a template.
    pub fn first_of<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        names.iter().copied().find(|name| self.template(name).is_some())
    }

    /// The short name of the section's own template for its documents, if it has one.
    pub fn section_template(&self, section: &str) -> Option<String> {
        let name = format!("{section}.html");
        (!NOT_FOR_DOCUMENTS.contains(&section) && self.template(&name).is_some()).then_some(name)
    }

    /// The short name of the template that `name` probably means.
    pub fn nearest_template(&self, name: &str) -> Option<String> {
        let with_extension = format!("{name}.html");
        if self.template(&with_extension).is_some() {
            return Some(with_extension);
        }
        let names: BTreeSet<&str> = self.templates.keys().filter_map(|full| self.short_name(full)).collect();
        nearest(name, names).map(str::to_owned)
    }
}
