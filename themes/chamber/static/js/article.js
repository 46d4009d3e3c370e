/*
 * What an article gains by a script: the table of contents follows the reading position, the text is read
 * aloud, and a printout tells its date.
 */
(() => {
  const content = document.querySelector(".content");
  if (!content) return;

  /* The table of contents marks the last heading above the upper third of the window. */
  const follow = (toc) => {
    const links = [...toc.querySelectorAll("a")].filter(({ offsetParent }) => offsetParent);
    const parts = links
      .map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))])
      .filter(([, heading]) => heading);
    const box = toc.querySelector(".box") || toc;
    let marked = null;
    let waiting = false;
    const mark = () => {
      waiting = false;
      const line = innerHeight / 3;
      const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
      const above = parts.filter(([, heading]) => heading.getBoundingClientRect().top <= line);
      const now = atEnd ? parts.at(-1) : above.at(-1) || parts[0];
      if (!now || now[0] === marked) return;
      marked?.removeAttribute("aria-current");
      marked = now[0];
      marked.setAttribute("aria-current", "true");
      if (box.scrollHeight > box.clientHeight) {
        const { top, bottom } = marked.getBoundingClientRect();
        const frame = box.getBoundingClientRect();
        if (top < frame.top || bottom > frame.bottom) box.scrollTop += top - frame.top - box.clientHeight / 3;
      }
    };
    const later = () => {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    };
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    mark();
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
        const sentences = wording(part).match(/[^。！？；!?]{1,120}[。！？；!?”’」）]*/g) || [];
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

  /* The date of printing, by the reader's own clock. */
  const dated = (place) => {
    addEventListener("beforeprint", () => {
      const now = new Date();
      place.textContent = now.toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
      place.parentElement.hidden = false;
    });
  };

  const each = (selector, add) => document.querySelectorAll(selector).forEach(add);
  each(".toc", follow);
  each("[data-read-aloud]", readAloud);
  each("[data-printed]", dated);
  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
})();
