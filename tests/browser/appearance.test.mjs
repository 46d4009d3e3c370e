// Dark, narrow, widely spaced, unmoving: the page follows the reader's browser and loses nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problems, house, leave, reader, visit } from './lib/house.mjs';
import * as pages from './lib/pages.mjs';

const open = await house();

/** In the page: the luminance of the ground and of the text, 0 to 1 (WCAG 2.2). */
function tones() {
  const probe = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d');
  const luminance = (color) => {
    probe.fillStyle = color;
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3)
      .map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  };
  const clear = (color) => /^rgba\(.*, 0\)$/.test(color);
  const [root, body] = [document.documentElement, document.body].map((each) => getComputedStyle(each));
  const ground = clear(body.backgroundColor) ? root.backgroundColor : body.backgroundColor;
  return { ground: luminance(clear(ground) ? 'white' : ground), text: luminance(body.color), scheme: root.colorScheme };
}

describe('light and dark', { concurrency: 2 }, () => {
  for (const { kind, path } of pages.cases) {
    test(`the browser decides between light and dark on ${kind}`, async () => {
      const page = await reader(open, open.cases, { mode: pages.dark, looks: true });
      await visit(page, open.cases, path);
      const night = await page.evaluate(tones);
      assert.ok(night.ground < 0.1 && night.text > 0.5, JSON.stringify(night));
      // Scroll bars and form controls follow too.
      assert.match(night.scheme, /dark/);
      await page.emulateMedia({ colorScheme: 'light' });
      const day = await page.evaluate(tones);
      assert.ok(day.ground > 0.8 && day.text < 0.1, JSON.stringify(day));
      await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
      const paper = await page.evaluate(tones);
      assert.ok(paper.ground > 0.9 && paper.text < 0.1, `printed at night: ${JSON.stringify(paper)}`);
      await leave(page);
    });
  }
});

/** In the page: what sticks out to the side. Boxes of their own that scroll are excepted. */
function overflow() {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let each = element.parentElement; each && each !== document.body; each = each.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth) return true;
    }
    return false;
  };
  const found = [...document.querySelectorAll('body *')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('.skip, svg'))
    .filter((each) => {
      const { left, right, width: own } = each.getBoundingClientRect();
      return own > 1 && (right > width + 1 || left < -1) && !scrolls(each);
    })
    .slice(0, 5)
    .map((each) => `sticks out: ${each.outerHTML.slice(0, 90).replace(/\s+/g, ' ')}`);
  const whole = document.documentElement.scrollWidth;
  return whole > width ? [`the page scrolls sideways: ${whole} px in ${width} px`, ...found] : found;
}

/** In the page: text that is cut off. */
function cut() {
  return [...document.querySelectorAll('body *')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('.skip, svg') && each.textContent.trim())
    .filter((each) => {
      const style = getComputedStyle(each);
      // Text for readers of the screen alone is cut by intent.
      if (each.clientWidth <= 1 || each.clientHeight <= 1 || style.display === 'inline' || style.display === 'contents') return false;
      const clips = (value) => /hidden|clip/.test(value);
      const high = each.scrollHeight > each.clientHeight + 4 && clips(style.overflowY);
      const wide = each.scrollWidth > each.clientWidth + 4 && clips(style.overflowX);
      return wide || high;
    })
    .map((each) => `cut off: ${each.outerHTML.slice(0, 90).replace(/\s+/g, ' ')}`);
}

/** In the page: the four distances of WCAG 1.4.12, by a sheet that a policy does not forbid. */
function space() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

describe('narrow or spaced', { concurrency: 2 }, () => {
  for (const { kind, path } of pages.cases) {
    test(`nothing sticks out or is lost at 320 px, or with wide spacing, on ${kind}`, async () => {
      const problems = new Problems();
      for (const mode of [pages.light, pages.elder]) {
        const page = await reader(open, open.cases, { mode, screen: pages.narrow, looks: true });
        await visit(page, open.cases, path);
        for (const screen of [pages.narrow, pages.desktop]) {
          await page.setViewportSize(screen);
          problems.add(`${mode.name} ${screen.name}`, ...(await page.evaluate(overflow)), ...(await page.evaluate(cut)));
        }
        await page.evaluate(space);
        for (const screen of [pages.narrow, pages.desktop]) {
          await page.setViewportSize(screen);
          problems.add(`${mode.name} ${screen.name} spaced`, ...(await page.evaluate(overflow)), ...(await page.evaluate(cut)));
        }
        await leave(page);
      }
      problems.check(kind);
    });
  }
});

test('a wide table scrolls in a box of its own that the keyboard reaches', async () => {
  const page = await reader(open, open.cases, { screen: pages.phone });
  await visit(page, open.cases, pages.page('report'));
  const box = await page.evaluate(() => {
    for (let each = document.querySelector('table'); each; each = each.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(each).overflowX)) {
        each.focus();
        each.scrollLeft = 100;
        return { scrolls: each.scrollLeft === 100, focus: document.activeElement === each, named: each.hasAttribute('aria-label') || each.hasAttribute('aria-labelledby') || each.role === null };
      }
    }
    return 'no box';
  });
  assert.deepEqual(box, { scrolls: true, focus: true, named: true });
  await leave(page);
});

test('at 200 % of the browser’s own text size nothing sticks out or is lost', async () => {
  const problems = new Problems();
  const page = await reader(open, open.cases, { screen: { width: 640, height: 800 } });
  for (const { kind, path } of pages.cases) {
    await page.goto(open.cases.url(path));
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('html { font-size: 200% !important; }');
      document.adoptedStyleSheets = [sheet];
    });
    problems.add(kind, ...(await page.evaluate(overflow)), ...(await page.evaluate(cut)));
  }
  await leave(page);
  problems.check('text at 200 %');
});

/** In the page: whatever moves by itself, for longer than a tick. */
function moving() {
  const seconds = (list) => Math.max(...list.split(',').map((each) => parseFloat(each) * (/ms/.test(each) ? 0.001 : 1)));
  const found = [...document.querySelectorAll('*')].flatMap((each) => [null, '::before', '::after'].flatMap((part) => {
    const style = getComputedStyle(each, part);
    const moves = [];
    if (seconds(style.transitionDuration) > 0.01) moves.push(`transition of ${style.transitionDuration}`);
    if (style.animationName !== 'none' && seconds(style.animationDuration) > 0.01) moves.push(`animation ${style.animationName}`);
    if (style.scrollBehavior === 'smooth') moves.push('smooth scrolling');
    return moves.map((what) => `${what}: ${each.localName}${each.className ? `.${each.className}` : ''}${part ?? ''}`);
  }));
  const applied = (list) => [...list].flatMap((rule) => (rule.media && !matchMedia(rule.media.mediaText).matches ? [] : [rule, ...(rule.cssRules ? applied(rule.cssRules) : [])]));
  const views = [...document.styleSheets].flatMap((sheet) => applied(sheet.cssRules)).filter((rule) => /^@view-transition/.test(rule.cssText) && /auto/.test(rule.cssText));
  const blinking = [...document.querySelectorAll('marquee, blink, [http-equiv="refresh"], video[autoplay]')];
  return [...new Set([...found, ...views.map(() => 'a transition from page to page'), ...blinking.map((each) => `moves: ${each.localName}`)])];
}

test('nothing moves where the reader asks for less motion', async () => {
  const problems = new Problems();
  const page = await reader(open, open.cases);
  for (const { kind, path } of pages.cases) {
    await page.goto(open.cases.url(path));
    problems.add(kind, ...(await page.evaluate(moving)));
  }
  await leave(page);
  problems.check('moving');
});
