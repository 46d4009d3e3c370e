// Everything can be reached and used with the keyboard alone, in the order of the document, and is seen to be.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problems, house, leave, reader, visit } from './lib/house.mjs';
import * as pages from './lib/pages.mjs';

const open = await house();

/** In the page: what the focus is on, and how one sees it. */
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  window.stops ??= [];
  const before = window.stops.at(-1);
  const again = window.stops.includes(element);
  window.stops.push(element);

  const probe = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    probe.clearRect(0, 0, 1, 1);
    probe.fillStyle = color;
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => rgba(color).slice(0, 3)
    .map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (from) => {
    for (let each = from; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return getComputedStyle(document.documentElement).colorScheme === 'dark' ? 'black' : 'white';
  };

  const style = getComputedStyle(element);
  const inside = parseFloat(style.outlineOffset) < 0;
  const [a, b] = [luminance(style.outlineColor), luminance(ground(inside ? element : element.parentElement))];
  const box = element.getClientRects()[0];
  const top = box && document.elementFromPoint(Math.min(innerWidth - 1, box.left + box.width / 2), Math.min(innerHeight - 1, box.top + box.height / 2));
  return {
    name: element.outerHTML.slice(0, 90).replace(/\s+/g, ' '),
    again,
    after: !before || Boolean(before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING),
    outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
    seen: Boolean(top && (element.contains(top) || top.contains(element))),
  };
}

/** In the page: everything that should be reached and has not been. */
function missed() {
  const stops = new Set(window.stops);
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    .filter((each) => !each.disabled && each.checkVisibility({ visibilityProperty: true }) && !stops.has(each))
    .map((each) => each.outerHTML.slice(0, 90).replace(/\s+/g, ' '));
}

async function walk(page) {
  const problems = [];
  for (let n = 0; ; n += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(focused);
    if (!stop) break;
    if (stop.again || n > 500) {
      problems.push(`trapped at ${stop.name}`);
      break;
    }
    if (!stop.after) problems.push(`out of order: ${stop.name}`);
    if (stop.outline < 2) problems.push(`outline of ${stop.outline} px: ${stop.name}`);
    else if (stop.contrast < 3) problems.push(`outline with a contrast of ${stop.contrast.toFixed(1)}: ${stop.name}`);
    if (!stop.seen) problems.push(`focused, but covered or out of view: ${stop.name}`);
  }
  return [...problems, ...(await page.evaluate(missed)).map((name) => `not reached: ${name}`)];
}

describe('Tab', { concurrency: 2 }, () => {
  for (const { kind, path } of pages.cases) {
    test(`Tab reaches everything, visibly and in order, on ${kind}`, async () => {
      const problems = new Problems();
      for (const [mode, screen] of [[pages.light, pages.desktop], [pages.dark, pages.phone]]) {
        const page = await reader(open, open.cases, { mode, screen });
        await visit(page, open.cases, path);
        problems.add(`${mode.name} ${screen.name}`, ...(await walk(page)));
        await leave(page);
      }
      problems.check(kind);
    });
  }
});

describe('the first stop', { concurrency: 2 }, () => {
  for (const { kind, path } of pages.cases) {
    test(`the first stop leads past the header on ${kind}`, async () => {
      const page = await reader(open, open.cases, { screen: pages.phone, looks: true });
      await visit(page, open.cases, path);
      await page.keyboard.press('Tab');
      const first = await page.evaluate(() => {
        const { left, top, right, bottom, width, height } = document.activeElement.getBoundingClientRect();
        return {
          skips: document.activeElement.matches('a.skip[href="#site-main"]'),
          seen: width > 20 && height > 20 && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight,
        };
      });
      assert.deepEqual(first, { skips: true, seen: true });
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => location.hash === '#site-main');
      const top = await page.evaluate(() => document.querySelector('#site-main').getBoundingClientRect().top);
      assert.ok(top <= 740 / 2, `the main part begins ${top} px below the top`);
      await page.keyboard.press('Tab');
      const passed = await page.evaluate(() => !document.activeElement.closest('.skip, body > header'));
      assert.ok(passed, 'the next stop is in the header again');
      await leave(page);
    });
  }
});

test('large mode is switched on and off with Enter and Space', async () => {
  const page = await reader(open, open.cases);
  await visit(page, open.cases, '/');
  await page.focus('[data-elder]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('html[data-elder]');
  assert.equal(await page.getAttribute('[data-reading] [data-elder]', 'aria-pressed'), 'true');
  await page.keyboard.press('Space');
  await page.waitForSelector('html:not([data-elder])');
  assert.equal(await page.getAttribute('[data-reading] [data-elder]', 'aria-pressed'), 'false');
  await leave(page);
});
