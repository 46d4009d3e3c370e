// Without JavaScript every page is readable, leads on by links, and shows no control that does nothing.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { house, leave, none, reader, visit } from './lib/house.mjs';
import * as pages from './lib/pages.mjs';

const open = await house();
const plain = { javaScriptEnabled: false };

describe('every kind of page', { concurrency: 2 }, () => {
  for (const { kind, path } of pages.cases) {
    test(`without JavaScript there is a whole page, and no dead control, on ${kind}`, async () => {
      const page = await reader(open, open.cases, { ...plain, screen: pages.phone, looks: true });
      await visit(page, open.cases, path);
      const problems = [];
      const need = async (what, selector) => {
        if (!(await page.locator(selector).first().isVisible())) problems.push(`${what} is not to be seen`);
      };
      await need('the title', 'h1');
      await need('the navigation', 'body > header nav[aria-label] a');
      await need('the footer', 'body > footer a');
      for (const control of await page.locator('button, [data-reading], [role="button"], input:not([disabled]), select, textarea').all()) {
        if (await control.isVisible()) problems.push(`shown, though it does nothing: ${(await control.innerHTML()).slice(0, 60) || 'an empty control'}`);
      }
      await leave(page);
      none(problems, kind);
    });
  }
});

test('without JavaScript a reader goes from home to an article and on by links', async () => {
  const page = await reader(open, open.cases, plain);
  await visit(page, open.cases, '/');
  await page.click('body > header nav a[href$="/news/"]');
  await page.waitForURL('**/news/');
  await page.click('a[rel="next"]');
  await page.waitForURL('**/news/page-2.html');
  await page.click('main a[href*="/news/2"]');
  await page.waitForURL('**/news/2*/activity-*.html');
  assert.ok(await page.isVisible('article p'));
  await page.click('main a[rel="prev"], main a[rel="next"]');
  await page.waitForURL((url) => /activity|long-title/.test(url.pathname));
  assert.ok(await page.isVisible('article p'));
  await leave(page);
});
