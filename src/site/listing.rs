//! Pagination of listings.

use std::ops::Range;

/// The number of pages for `total` documents, `each` per page: at least one, as an empty listing has a page too.
pub fn page_count(total: usize, each: usize) -> usize {
    total.div_ceil(each.max(1)).max(1)
}

/// The positions of the documents on page `number` (from 1).
pub fn page_range(total: usize, each: usize, number: usize) -> Range<usize> {
    let start = (number.saturating_sub(1) * each).min(total);
    start..(start + each).min(total)
}

/// The number (from 1) of the page with the document at position `place` (from 0).
pub fn page_of(place: usize, each: usize) -> usize {
    place / each.max(1) + 1
}

/// The path of page `number` of the listing in `folder`: the folder itself, then `page-2.html` and so on.
pub fn page_url(folder: &str, number: usize) -> String {
    if number <= 1 { folder.to_owned() } else { format!("{folder}page-{number}.html") }
}

/// The page numbers to link to from page `number` of `pages`: the first, the last, and two on either side. `None` is a
/// gap.
pub fn page_window(number: usize, pages: usize) -> Vec<Option<usize>> {
    let near = |page: &usize| *page == 1 || *page == pages || page.abs_diff(number) <= 2;
    let mut window = Vec::new();
    let mut last = 0;
    for page in (1..=pages).filter(near) {
        match page - last {
            1 => {}
            // The number of a single page is as short as a gap.
            2 => window.push(Some(page - 1)),
            _ => window.push(None),
        }
        window.push(Some(page));
        last = page;
    }
    window
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_listing_has_one_page() {
        assert_eq!(page_count(0, 20), 1);
        assert_eq!(page_range(0, 20, 1), 0..0);
    }

    #[test]
    fn pages_are_full_but_the_last() {
        assert_eq!(page_count(41, 20), 3);
        assert_eq!(page_range(41, 20, 1), 0..20);
        assert_eq!(page_range(41, 20, 3), 40..41);
        assert_eq!(page_count(40, 20), 2);
    }

    #[test]
    fn the_first_page_is_the_folder() {
        assert_eq!(page_url("/reports/", 1), "/reports/");
        assert_eq!(page_url("/reports/", 2), "/reports/page-2.html");
    }

    #[test]
    fn distant_pages_are_left_out_of_the_pagination_window() {
        let window = |number, pages| {
            page_window(number, pages).iter().map(|page| page.unwrap_or(0)).collect::<Vec<_>>()
        };
        assert_eq!(window(1, 1), [1]);
        assert_eq!(window(1, 20), [1, 2, 3, 0, 20]);
        assert_eq!(window(10, 20), [1, 0, 8, 9, 10, 11, 12, 0, 20]);
        assert_eq!(window(5, 20), [1, 2, 3, 4, 5, 6, 7, 0, 20]);
    }
}
