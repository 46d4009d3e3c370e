/*
 * The reader's settings: text size and the large-print mode, kept from page to page. Without this script the
 * buttons are not shown, and the browser's own zoom does the same.
 */
(() => {
  const KEY = "tribune.reading";
  const root = document.documentElement;
  const group = document.querySelector("[data-reading]");

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

  const apply = ({ text = "medium", elder = false }) => {
    if (text === "small" || text === "large") root.dataset.text = text;
    else delete root.dataset.text;
    root.toggleAttribute("data-elder", elder === true);
    if (!group) return;
    for (const button of group.querySelectorAll("[data-text]")) {
      button.setAttribute("aria-pressed", String(button.dataset.text === (root.dataset.text || "medium")));
    }
    group.querySelector("[data-elder]")?.setAttribute("aria-pressed", String(elder === true));
  };

  let choice = load();
  apply(choice);
  if (group) {
    group.hidden = false;
    group.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      choice = "elder" in button.dataset
        ? { ...choice, elder: !root.hasAttribute("data-elder") }
        : { ...choice, text: button.dataset.text };
      save(choice);
      apply(choice);
    });
  }
  /* Another tab, or a page that the browser kept for the way back, follows. */
  const follow = () => apply((choice = load()));
  addEventListener("storage", ({ key }) => key === KEY && follow());
  addEventListener("pageshow", ({ persisted }) => persisted && follow());
})();
