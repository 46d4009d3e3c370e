//! Builds the views of `view.rs` from the site.

use std::hash::Hash;

use jiff::Zoned;

use crate::config::DistrictId;
use crate::config::yaml::Node;
use crate::content::document::SectionIndex;
use crate::render::views::view::{
    Card, CreditView, DateView, DistrictName, DistrictView, ListingView, NameView, OrganizationView,
    PageLink, SectionView, SiteView, TopicView, YearView,
};
use crate::site::{
    Page, PageId, Scope, SectionId, Site, TopicId, page_count, page_range, page_url, page_window,
};

/// `date` in the site's zone, ready to show.
pub(super) fn date(date: &Zoned, has_time: bool, language: &str) -> DateView {
    let day = date.strftime("%Y-%m-%d").to_string();
    let chinese = language.starts_with("zh");
    DateView {
        text: if chinese {
            format!("{}年{}月{}日", date.year(), date.month(), date.day())
        } else {
            day.clone()
        },
        time: has_time.then(|| date.strftime("%H:%M").to_string()),
        iso: if has_time { date.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string() } else { day.clone() },
        day,
        year: date.year(),
        month: date.month(),
        day_of_month: date.day(),
    }
}

impl Site {
    /// The link to a path of the site.
    pub fn link(&self, path: &str) -> String {
        self.config.base_url.link(path)
    }

    fn name(&self, title: &str, scope: Scope) -> NameView {
        NameView { title: title.to_owned(), url: self.link(&self.folder(scope)) }
    }

    /// A section by name.
    pub fn section_name(&self, id: SectionId) -> NameView {
        self.name(&self.section(id).title, Scope::Section(id))
    }

    /// A district by name.
    pub fn district_name(&self, id: DistrictId) -> NameView {
        self.name(&self.districts.get(id).name, Scope::District(id))
    }

    fn topic_name(&self, id: TopicId) -> NameView {
        self.name(&self.topic(id).name, Scope::Topic(id))
    }

    /// A page as listings show it.
    pub fn card(&self, id: PageId) -> Card {
        let page = self.page(id);
        let meta = &page.document.meta;
        let digest = &page.document.digest;
        Card {
            title: meta.title.clone(),
            subtitle: meta.subtitle.clone(),
            url: self.link(&page.url),
            permalink: self.config.base_url.absolute(&page.url),
            path: page.document.source.clone(),
            date: self.date_of(page),
            updated: meta
                .updated
                .as_ref()
                .map(|at| self.date_view(&at.value.in_zone(&self.config.time_zone), at.value.has_time)),
            year: page.year,
            year_url: page.section.and(page.year).map(|year| self.link(&self.folder(Scope::Year(year)))),
            section: page.section.map(|id| self.section_name(id)),
            districts: page.districts.iter().map(|id| self.district_name(*id)).collect(),
            topics: page.topics.iter().map(|id| self.topic_name(*id)).collect(),
            summary: meta.summary.clone().unwrap_or_else(|| digest.summary.clone()),
            source: meta
                .credit
                .as_ref()
                .map(|credit| CreditView { name: credit.name.clone(), url: credit.url.clone() }),
            authors: meta.authors.clone(),
            editor: meta.editor.clone(),
            image: None,
            picture: None,
            top: meta.top,
            draft: meta.draft,
            extra: meta.extra.clone(),
        }
    }

    fn date_of(&self, page: &Page) -> Option<DateView> {
        let has_time = page.document.meta.date.as_ref().is_some_and(|date| date.value.has_time);
        page.date.as_ref().map(|zoned| self.date_view(zoned, has_time))
    }

    fn date_view(&self, at: &Zoned, has_time: bool) -> DateView {
        date(at, has_time, &self.config.language)
    }

    /// A section with its count.
    pub fn section_view(&self, id: SectionId) -> SectionView {
        let section = self.section(id);
        let scope = Scope::Section(id);
        let index = section.index.as_ref();
        SectionView {
            name: section.name.clone(),
            title: section.title.clone(),
            description: index.and_then(|index| index.description.clone()).unwrap_or_default(),
            url: self.link(&self.folder(scope)),
            feed_url: self.link(&self.feed(scope).unwrap_or_default()),
            count: self.documents(scope).len(),
            extra: index.and_then(|index| index.extra.clone()),
        }
    }

    /// A district with its count, and all below it.
    pub fn district_view(&self, id: DistrictId) -> DistrictView {
        let district = self.districts.get(id);
        let scope = Scope::District(id);
        let mut parents: Vec<NameView> =
            self.districts.upwards(id).skip(1).map(|id| self.district_name(id)).collect();
        parents.reverse();
        DistrictView {
            code: district.code.clone(),
            name: district.name.clone(),
            slug: district.slug.clone(),
            url: self.link(&self.folder(scope)),
            feed_url: self.link(&self.feed(scope).unwrap_or_default()),
            count: self.documents(scope).len(),
            years: self
                .years_of(id)
                .map(|year| self.year_view(year, Scope::DistrictYear(id, year)))
                .collect(),
            parents,
            children: self.districts.below(Some(id)).map(|id| self.district_view(id)).collect(),
        }
    }

    /// A year with the count of `scope`.
    pub fn year_view(&self, year: i16, scope: Scope) -> YearView {
        YearView { year, url: self.link(&self.folder(scope)), count: self.documents(scope).len() }
    }

    /// A topic with its count.
    pub fn topic_view(&self, id: TopicId) -> TopicView {
        let NameView { title, url } = self.topic_name(id);
        TopicView { title, url, count: self.documents(Scope::Topic(id)).len() }
    }

    /// The documents on page `number` of a listing.
    pub fn listing_items(&self, scope: Scope, number: usize) -> &[PageId] {
        let ids = self.documents(scope);
        &ids[page_range(ids.len(), self.paginate(scope), number)]
    }

    /// Page `number` of a listing, without its introduction.
    pub fn listing_view(&self, scope: Scope, number: usize) -> ListingView {
        let total = self.documents(scope).len();
        let pages = page_count(total, self.paginate(scope));
        let folder = self.folder(scope);
        let link = |number: usize| self.link(&page_url(&folder, number));
        let index = self.index_of(scope);
        ListingView {
            kind: scope.kind(),
            title: self.listing_title(scope),
            description: index.and_then(|index| index.description.clone()).unwrap_or_default(),
            url: self.link(&folder),
            feed_url: self.feed(scope).map(|feed| self.link(&feed)),
            items: self.listing_items(scope, number).to_vec(),
            total: (number == 1).then_some(total),
            number,
            pages,
            previous_url: (number > 1).then(|| link(number - 1)),
            next_url: (number < pages).then(|| link(number + 1)),
            window: page_window(number, pages)
                .into_iter()
                .map(|page| PageLink { number: page, url: page.map(link), current: page == Some(number) })
                .collect(),
            district: match scope {
                Scope::District(id) | Scope::DistrictYear(id, _) => {
                    let district = self.districts.get(id);
                    Some(DistrictName {
                        code: district.code.clone(),
                        name: district.name.clone(),
                        slug: district.slug.clone(),
                        url: self.link(&self.folder(Scope::District(id))),
                    })
                }
                _ => None,
            },
            year: match scope {
                Scope::Year(year) | Scope::DistrictYear(_, year) => Some(year),
                _ => None,
            },
            extra: index.and_then(|index| index.extra.clone()),
            introduction: String::new(),
        }
    }

    /// The introduction of a section's listing.
    pub fn index_of(&self, scope: Scope) -> Option<&SectionIndex> {
        match scope {
            Scope::Section(id) => self.section(id).index.as_ref(),
            _ => None,
        }
    }

    /// What a listing shows besides its name and documents: kind, description, and the districts above.
    pub fn listing_head(&self, scope: Scope) -> impl Hash + use<'_> {
        let index = self.index_of(scope);
        let districts: Vec<_> = match scope {
            Scope::District(id) | Scope::DistrictYear(id, _) => {
                let above = self.districts.upwards(id).map(|id| self.districts.get(id));
                above.map(|district| (&district.code, &district.name, &district.slug)).collect()
            }
            _ => Vec::new(),
        };
        let own = index.map(|i| (&i.description, &i.keywords, &i.column_type, &i.extra));
        (scope.kind(), districts, own)
    }

    /// The title of a listing. That of a year is left to the theme's words.
    pub fn listing_title(&self, scope: Scope) -> String {
        match scope {
            Scope::All => self.config.title.clone(),
            Scope::Section(id) => self.section(id).title.clone(),
            Scope::District(id) | Scope::DistrictYear(id, _) => self.districts.get(id).name.clone(),
            Scope::Year(year) => year.to_string(),
            Scope::Topic(id) => self.topic(id).name.clone(),
        }
    }
}

/// `site`, with the theme's `extra` below the site's own.
pub fn site_view(site: &Site, theme_extra: &[Node]) -> SiteView {
    let config = &site.config;
    let mut extra = serde_json::Map::new();
    for node in std::iter::once(&config.extra).chain(theme_extra) {
        if let Ok(serde_json::Value::Object(map)) = serde_json::to_value(node) {
            for (key, value) in map {
                extra.entry(key).or_insert(value);
            }
        }
    }
    SiteView {
        title: config.title.clone(),
        description: config.description.clone(),
        keywords: config.keywords.clone(),
        emblem: config.emblem.as_ref().map(|emblem| config.base_url.link(&emblem.value)),
        emblem_picture: config.emblem.as_ref().map(|emblem| site.image_view_at(&emblem.value)),
        domain: config.base_url.host().to_owned(),
        office: OrganizationView::new(&config.office, site),
        language: config.language.clone(),
        url: config.base_url.link("/"),
        permalink: config.base_url.absolute("/"),
        feed_url: config.base_url.link("/feed.xml"),
        extra,
    }
}
