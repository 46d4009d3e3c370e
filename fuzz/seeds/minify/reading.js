/*
 * The reader's settings: text size and the large-print mode, kept from page to page; and the date on printouts.
 * Loaded `async`, first of all: it holds nothing up, and what is kept is mostly set before the first paint.
 * Without this script the buttons are not shown, and the browser's own zoom does the same.
 */
(() => {
  const KEY = "tribune.reading";
  const root = document.documentElement;

  /* Storage may be forbidden; then a choice holds for this page. */
  const load = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {};
    }
  };
  const save = (choice) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(choice));
    } catch {
      /* Nothing is lost but the memory of it. */
    }
  };

  let choice = load();
  let group = null;
  const apply = () => {
    const { text, elder } = choice;
    if (text === "small" || text === "large") root.dataset.text = text;
    else delete root.dataset.text;
    root.toggleAttribute("data-elder", elder === true);
    if (!group) return;
    for (const button of group.querySelectorAll("[data-text]")) {
      button.setAttribute("aria-pressed", String(button.dataset.text === (root.dataset.text || "medium")));
    }
    group.querySelector("[data-elder]")?.setAttribute("aria-pressed", String(elder === true));
  };
  apply();

  const choose = ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    choice = "elder" in button.dataset
      ? { ...choice, elder: !root.hasAttribute("data-elder") }
      : { ...choice, text: button.dataset.text };
    save(choice);
    apply();
  };

  /* The date of printing, by the reader's own clock; and pictures that were to wait until they are seen. */
  const printing = () => {
    const now = new Date();
    for (const place of document.querySelectorAll("[data-printed]")) {
      place.textContent = now.toLocaleDateString(root.lang, { dateStyle: "long" });
      place.parentElement.hidden = false;
    }
    for (const picture of document.querySelectorAll("img[loading='lazy']")) picture.loading = "eager";
  };

  const begin = () => {
    group = document.querySelector("[data-reading]");
    if (group) {
      group.hidden = false;
      group.addEventListener("click", choose);
      apply();
    }
    addEventListener("beforeprint", printing);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();

  /* Another tab, or a page that the browser kept for the way back, follows. */
  const follow = () => {
    choice = load();
    apply();
  };
  addEventListener("storage", ({ key }) => key === KEY && follow());
  addEventListener("pageshow", ({ persisted }) => persisted && follow());
})();
