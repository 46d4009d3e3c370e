//! Queries built pages without depending on a theme's classes.

use scraper::{ElementRef, Html, Selector};

/// A page, or a part of it.
pub struct Page {
    html: Html,
}

/// A link as a reader sees it.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub text: String,
}

impl Page {
    pub fn parse(text: &str) -> Page {
        Page { html: Html::parse_document(text) }
    }

    fn select(&self, selector: &str) -> Vec<ElementRef<'_>> {
        let selector = Selector::parse(selector).unwrap_or_else(|error| panic!("{selector}: {error:?}"));
        self.html.select(&selector).collect()
    }

    /// How many elements fit.
    pub fn count(&self, selector: &str) -> usize {
        self.select(selector).len()
    }

    /// The text of the first element that fits, with single spaces.
    pub fn text(&self, selector: &str) -> String {
        self.select(selector).first().map(|element| plain(*element)).unwrap_or_default()
    }

    /// The values of an attribute of all elements that fit.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let elements = self.select(selector).into_iter();
        elements.filter_map(|element| element.attr(name)).map(str::to_owned).collect()
    }

    /// The links inside the elements that fit, in order.
    pub fn links(&self, selector: &str) -> Vec<Link> {
        let links = self.select(&format!("{selector} a[href]")).into_iter();
        links.map(|a| Link { href: a.attr("href").unwrap_or_default().to_owned(), text: plain(a) }).collect()
    }

    /// The destinations of the links in the main part, in order.
    pub fn hrefs(&self) -> Vec<String> {
        self.links("main").into_iter().map(|link| link.href).collect()
    }
}

fn plain(element: ElementRef) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
