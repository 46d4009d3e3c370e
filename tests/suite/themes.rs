//! What a theme that extends the default one may leave out.

use crate::site_test::{SiteTest, document};

#[test]
fn a_theme_with_pages_of_its_own_needs_no_block_that_only_the_default_ones_fill() {
    let mut site = SiteTest::empty();
    let base = "<title>{% block title %}{% endblock title %}</title>{% block description %}{% endblock description %}\
                {% block feeds %}{% endblock feeds %}{% block head %}{% endblock head %}{% block main %}{% endblock main %}";
    let own = "{% extends \"base.html\" %}{% block main %}自己的{% endblock main %}";
    site.change("content/site.yaml", "title: 江城人大", "theme: own\ntitle: 江城人大");
    site.write("themes/own/templates/base.html", base);
    for name in ["home", "page"] {
        site.write(&format!("themes/own/templates/{name}.html"), own);
    }
    site.write("content/about.md", document("title: 关于")).build();
    assert!(site.output("about.html").contains("自己的"));
}
