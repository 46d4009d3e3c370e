// The reading settings: the size of the text and the large mode (长辈版) are kept, grow the text and the targets,
// and go away again. Without a script, or without storage, nothing is broken.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problems, house, leave, reader, visit } from './lib/house.mjs';
import * as pages from './lib/pages.mjs';

const open = await house();
const REPORT = pages.page('report');

/** The size of the article's text, in px. */
const size = (page) => page.$eval('article p:not([class])', (p) => parseFloat(getComputedStyle(p).fontSize));
/** What the group of buttons and the root element say. */
const state = (page) =>
  page.evaluate(() => ({
    text: document.documentElement.dataset.text ?? 'medium',
    elder: document.documentElement.hasAttribute('data-elder'),
    pressed: [...document.querySelectorAll('[data-reading] button[aria-pressed="true"]')]
      .map((button) => (button.hasAttribute('data-elder') ? 'elder' : button.dataset.text)).sort(),
  }));

test('at first the text is of medium size, and the settings are shown by their names', async () => {
  const page = await reader(open, open.cases);
  await visit(page, open.cases, REPORT);
  assert.deepEqual(await state(page), { text: 'medium', elder: false, pressed: ['medium'] });
  assert.ok(await page.isVisible('header [data-reading][role="group"][aria-label]'));
  const names = await page.$$eval('[data-reading] button', (buttons) => buttons.map((button) => button.textContent.trim() || button.getAttribute('aria-label')));
  assert.equal(new Set(names.filter(Boolean)).size, 4, names.join(' '));
  await leave(page);
});

test('the size of the text is kept from page to page and over reloads, and goes back', async () => {
  const page = await reader(open, open.cases);
  await visit(page, open.cases, REPORT);
  const medium = await size(page);
  await page.click('[data-reading] [data-text="large"]');
  assert.deepEqual(await state(page), { text: 'large', elder: false, pressed: ['large'] });
  const large = await size(page);
  assert.ok(large >= medium * 1.1, `${medium} px, large ${large} px`);
  await page.reload();
  assert.deepEqual(await state(page), { text: 'large', elder: false, pressed: ['large'] });
  assert.equal(await size(page), large);
  await visit(page, open.cases, '/districts/');
  assert.deepEqual(await state(page), { text: 'large', elder: false, pressed: ['large'] });
  await page.click('[data-reading] [data-text="small"]');
  await visit(page, open.cases, REPORT);
  assert.deepEqual(await state(page), { text: 'small', elder: false, pressed: ['small'] });
  const small = await size(page);
  assert.ok(small < medium && small >= 14, `${medium} px, small ${small} px`);
  await page.click('[data-reading] [data-text="medium"]');
  await page.reload();
  assert.deepEqual(await state(page), { text: 'medium', elder: false, pressed: ['medium'] });
  assert.equal(await size(page), medium);
  await leave(page);
});

test('large mode is kept from page to page and over reloads, and goes back', async () => {
  const page = await reader(open, open.cases, { screen: pages.phone });
  await visit(page, open.cases, REPORT);
  const medium = await size(page);
  await page.click('[data-reading] [data-elder]');
  assert.deepEqual(await state(page), { text: 'medium', elder: true, pressed: ['elder', 'medium'] });
  const large = await size(page);
  assert.ok(large >= medium * 1.25 && large >= 20, `${medium} px, in large mode ${large} px`);
  await page.reload();
  assert.equal((await state(page)).elder, true);
  assert.equal(await size(page), large);
  for (const { path } of pages.cases) {
    await page.goto(open.cases.url(path));
    assert.equal((await state(page)).elder, true, path);
  }
  await page.click('[data-reading] [data-elder]');
  await visit(page, open.cases, REPORT);
  assert.deepEqual(await state(page), { text: 'medium', elder: false, pressed: ['medium'] });
  assert.equal(await size(page), medium);
  await leave(page);
});

test('settings kept from before stand when the page has loaded', async () => {
  const page = await reader(open, open.cases, { mode: pages.elder });
  await page.addInitScript(() => {
    addEventListener('load', () => { window.atLoad = document.documentElement.hasAttribute('data-elder'); });
  });
  await visit(page, open.cases, REPORT);
  assert.equal(await page.evaluate(() => window.atLoad), true);
  await leave(page);
});

describe('odd storage', () => {
  const oddities = {
    'where storage is refused': () =>
      Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } }),
    'where storage is full': () => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; },
    'after storage held something else': () => { if (!sessionStorage.once) { sessionStorage.once = 1; localStorage.setItem('tribune.reading', '{"not'); } },
    'after storage held a list': () => { if (!sessionStorage.once) { sessionStorage.once = 1; localStorage.setItem('tribune.reading', '[null]'); } },
    'after storage held null': () => { if (!sessionStorage.once) { sessionStorage.once = 1; localStorage.setItem('tribune.reading', 'null'); } },
  };
  for (const [name, oddity] of Object.entries(oddities)) {
    test(`the settings work ${name}`, async () => {
      const page = await reader(open, open.cases);
      const errors = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.addInitScript(oddity);
      await visit(page, open.cases, '/');
      await page.click('[data-reading] [data-elder]');
      await page.click('[data-reading] [data-text="large"]');
      assert.deepEqual(await state(page), { text: 'large', elder: true, pressed: ['elder', 'large'] });
      assert.deepEqual(errors, []);
      await leave(page);
    });
  }
});

/** In the page: links and buttons that a finger misses. Links in running text are excepted (WCAG 2.5.8). */
function small(least) {
  const running = (link) => {
    if (link.localName !== 'a') return false;
    if (link.closest('.content, .introduction')) return true;
    const block = link.closest('p, li, dd, td, figcaption, blockquote');
    const own = [...(block?.childNodes ?? [])].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join('');
    return getComputedStyle(link).display === 'inline' && (own.length >= 12 || /[。，；！？]/.test(own));
  };
  // The box may be small if what a finger hits is not, say by padding of a pseudo-element.
  const hit = (element, box) => {
    element.scrollIntoView({ block: 'center', inline: 'center' });
    const { left, top, width, height } = element.getBoundingClientRect();
    const [x, y, half] = [left + width / 2, top + height / 2, least / 2 - 1];
    const at = (px, py) => element.contains(document.elementFromPoint(px, py));
    return (width >= least || (at(x - half, y) && at(x + half, y))) && (height >= least || (at(x, y - half) && at(x, y + half)));
  };
  return [...document.querySelectorAll('a[href], button, input, select, summary, [role="button"]')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled && !running(each) && !each.matches('.skip:not(:focus)'))
    .map((each) => [each, each.getBoundingClientRect()])
    .filter(([each, box]) => (Math.round(box.width) < least || Math.round(box.height) < least) && !hit(each, box))
    .map(([each, box]) => `${Math.round(box.width)} × ${Math.round(box.height)} px: ${each.outerHTML.slice(0, 80).replace(/\s+/g, ' ')}`);
}

for (const [mode, least] of [[pages.light, 44], [pages.elder, 60]]) {
  describe(`targets in ${mode.name} mode`, { concurrency: 2 }, () => {
    for (const { kind, path } of pages.cases) {
      test(`in ${mode.name} mode targets are at least ${least} px on ${kind}`, async () => {
        const problems = new Problems();
        const page = await reader(open, open.cases, { mode, screen: pages.phone, looks: true });
        await visit(page, open.cases, path);
        for (const screen of [pages.phone, pages.desktop]) {
          await page.setViewportSize(screen);
          problems.add(screen.name, ...(await page.evaluate(small, least)));
        }
        await leave(page);
        problems.check(kind);
      });
    }
  });
}
