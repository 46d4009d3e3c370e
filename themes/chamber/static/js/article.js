/*
 * What an article gains by a script: the table of contents follows the reading position, wide tables can be
 * scrolled with the keyboard, and the text is read aloud.
 */
(() => {
  const content = document.querySelector(".content");
  if (!content) return;

  /* What a link of the contents leads to. Editors may give a heading any id: 50% cannot be decoded. */
  const heading = (link) => {
    const id = link.getAttribute("href").slice(1);
    const found = document.getElementById(id);
    if (found) return found;
    try {
      return document.getElementById(decodeURIComponent(id));
    } catch {
      return null;
    }
  };

  /* The contents mark the last heading above the middle of the window. Beside the text they stand open;
     above it they are a line that stays in sight and names the part that is being read. */
  const follow = (contents) => {
    const toc = contents.parentElement;
    const box = contents.querySelector("ol");
    const now = contents.querySelector("[data-reading-now]");
    const links = [...box.querySelectorAll(":scope > li > a, :scope > li > ol > li > a")];
    const parts = links.map((link) => [link, heading(link)]).filter(([, found]) => found);
    let marked = null;
    let waiting = false;
    const isBeside = () => toc.getBoundingClientRect().right <= content.getBoundingClientRect().left;
    const show = (link) => {
      marked?.removeAttribute("aria-current");
      marked = link;
      link?.setAttribute("aria-current", "true");
      now.textContent = link ? link.textContent : "";
      if (link && box.scrollHeight > box.clientHeight) {
        const { top, bottom } = link.getBoundingClientRect();
        const frame = box.getBoundingClientRect();
        if (top < frame.top || bottom > frame.bottom) box.scrollTop += top - frame.top - box.clientHeight / 3;
      }
    };
    const mark = () => {
      waiting = false;
      const line = innerHeight / 2;
      const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
      const above = parts.filter(([, part]) => part.getBoundingClientRect().top <= line);
      const reached = (atEnd ? parts.at(-1) : above.at(-1))?.[0] || null;
      if (reached !== marked) show(reached);
    };
    const later = () => {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    };
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    box.addEventListener("click", ({ target }) => {
      if (target.closest("a") && !isBeside()) contents.open = false;
    });
    contents.open = isBeside();
    mark();
  };

  /* A table that is wider than its box can be reached with the keyboard, and says what it is. */
  const reach = () => {
    for (const table of content.querySelectorAll(".table")) {
      const wide = table.scrollWidth > table.clientWidth;
      for (const [name, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", content.dataset.table]]) {
        if (wide) table.setAttribute(name, value);
        else table.removeAttribute(name);
      }
    }
  };

  /* Long texts are spoken sentence by sentence: some voices fall silent after a quarter of a minute. */
  const readAloud = (button) => {
    const speech = window.speechSynthesis;
    if (!speech || !window.SpeechSynthesisUtterance) return;
    const lang = document.documentElement.lang;
    let run = 0;
    let spoken = null;

    const texts = () => {
      const parts = content.querySelectorAll("h2, h3, h4, h5, h6, p, li, dt, dd, figcaption, tr, pre");
      const own = [...parts].filter((part) => !part.querySelector("p, li") && !part.closest(".footnotes"));
      return [...document.querySelectorAll(".article-header h1, .article-header .subtitle"), ...own];
    };
    const wording = (part) => {
      const copy = part.cloneNode(true);
      copy.querySelectorAll(".footnote").forEach((note) => note.remove());
      copy.querySelectorAll("td, th").forEach((cell) => cell.append("，"));
      return copy.textContent.trim();
    };
    /* At the ends of sentences; long ones at commas as well. */
    const split = (text) => text
      .replace(/([。！？；!?]+[”’」）]*|\.(?=\s))/g, "$1\n")
      .split("\n")
      .flatMap((sentence) => (sentence.length > 120 ? sentence.replace(/([，、：,])/g, "$1\n").split("\n") : [sentence]))
      .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
    const highlight = (part) => {
      spoken?.classList.remove("speaking");
      spoken = part;
      part?.classList.add("speaking");
      part?.scrollIntoView({ block: "nearest" });
    };
    const show = (speaking) => {
      button.setAttribute("aria-pressed", String(speaking));
      button.textContent = speaking ? button.dataset.stop : button.dataset.start;
    };
    const stop = () => {
      run += 1;
      speech.cancel();
      highlight(null);
      show(false);
    };
    const start = async () => {
      const mine = (run += 1);
      show(true);
      for (const part of texts()) {
        const sentences = split(wording(part));
        if (sentences.length) highlight(part);
        for (const sentence of sentences) {
          await new Promise((done) => {
            const utterance = new SpeechSynthesisUtterance(sentence);
            utterance.lang = lang;
            utterance.rate = document.documentElement.hasAttribute("data-elder") ? 0.85 : 1;
            utterance.onend = utterance.onerror = done;
            speech.speak(utterance);
          });
          if (mine !== run) return;
        }
      }
      stop();
    };
    button.hidden = false;
    button.addEventListener("click", () => (button.getAttribute("aria-pressed") === "true" ? stop() : start()));
    addEventListener("pagehide", stop);
  };

  const each = (selector, add) => document.querySelectorAll(selector).forEach(add);
  each("[data-toc]", follow);
  reach();
  addEventListener("resize", reach);
  each("[data-read-aloud]", readAloud);
  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
})();
