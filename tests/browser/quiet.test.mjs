// Pages are quiet: nothing in the console, no request off the site, nothing that the policy forbids,
// nothing that keeps the first paint waiting.
import { describe, test } from 'node:test';
import { Problems, house, leave, none, reader, visit } from './lib/house.mjs';
import * as pages from './lib/pages.mjs';

const open = await house();

/** Notes whatever the page should not do. */
async function watched(server, options) {
  const page = await reader(open, server, options);
  const problems = [];
  page.on('console', (message) => {
    // Chromium itself reports the status of the 404.
    if (!/status of 404/.test(message.text()) || !page.url().includes('no/such')) {
      problems.push(`console ${message.type()}: ${message.text()} ${message.location().url}`);
    }
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(server.origin)) problems.push(`off the site: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().includes('no/such')) problems.push(`${response.status()}: ${response.url()}`);
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  return { page, problems };
}

/** Walks the page as a reader does: to the end of it and over the settings, so that late loads are seen too. */
async function use(page) {
  await page.evaluate(async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
      scrollTo(0, y);
      await new Promise((done) => setTimeout(done, 10));
    }
    for (const button of document.querySelectorAll('[data-reading] button')) button.click();
  });
  await page.waitForLoadState('networkidle');
}

for (const [site, list] of [['hard cases', pages.cases], ['sample site', pages.sample]]) {
  describe(site, { concurrency: 2 }, () => {
    const server = site === 'sample site' ? open.sample : open.cases;
    for (const { kind, path } of list) {
      test(`nothing goes wrong on ${kind} (${site})`, async () => {
        const { page, problems } = await watched(server);
        await visit(page, server, path);
        await use(page);
        await leave(page);
        none(problems, kind);
      });
    }
  });
}

test('a policy is sent and allows nothing from elsewhere, inline or evaluated', async () => {
  const page = await reader(open, open.cases);
  const response = await visit(page, open.cases, '/');
  const policy = (await response.headerValue('content-security-policy')) ?? '';
  await leave(page);
  const loose = policy.split(/[\s;]+/).filter((word) => /^'unsafe-|^https?:|^\*|^data:$/.test(word));
  // Pictures by `data:` do no harm; a theme may need none of the others.
  none(/default-src/.test(policy) ? loose.filter((word) => word !== 'data:') : ['no default-src'], policy);
});

test('styles and scripts are not inline and carry their hash', async () => {
  const page = await reader(open, open.cases);
  const problems = new Problems();
  for (const { kind, path } of pages.cases) {
    await page.goto(open.cases.url(path));
    const found = await page.evaluate(() => {
      const bare = [...document.querySelectorAll('script:not([type="application/ld+json"]), link[rel~="stylesheet"]')];
      return [
        ...bare.filter((each) => !each.hasAttribute('integrity')).map((each) => `no integrity: ${each.outerHTML.slice(0, 100)}`),
        ...[...document.querySelectorAll('style')].map(() => 'inline style sheet'),
        ...[...document.querySelectorAll('[style]')].map((each) => `style attribute: ${each.outerHTML.slice(0, 100)}`),
        ...[...document.querySelectorAll('*')].flatMap((each) =>
          each.getAttributeNames().filter((name) => name.startsWith('on')).map((name) => `handler ${name} on ${each.tagName}`)),
      ];
    });
    problems.add(kind, ...found);
  }
  await leave(page);
  problems.check('inline or without hash');
});

test('nothing but one style sheet keeps the first paint waiting', async () => {
  const page = await reader(open, open.cases);
  const problems = new Problems();
  for (const { kind, path } of pages.cases) {
    await page.goto(open.cases.url(path));
    const found = await page.evaluate(() => {
      const blocking = [...document.scripts].filter((script) => script.type !== 'application/ld+json' && !script.defer && !script.async && script.type !== 'module');
      const sheets = [...document.querySelectorAll('link[rel~="stylesheet"]')].filter((link) => !link.media || matchMedia(link.media).matches);
      const rules = (list) => [...list].flatMap((rule) => [rule, ...(rule.cssRules ? rules(rule.cssRules) : [])]);
      const all = [...document.styleSheets].flatMap((sheet) => rules(sheet.cssRules));
      return [
        ...blocking.map((script) => `script without defer: ${script.src}`),
        ...(sheets.length === 1 ? [] : [`${sheets.length} style sheets`]),
        ...all.filter((rule) => rule instanceof CSSFontFaceRule).map((rule) => `font: ${rule.cssText.slice(0, 80)}`),
        ...all.filter((rule) => rule instanceof CSSImportRule).map((rule) => `import: ${rule.href}`),
      ];
    });
    problems.add(kind, ...found);
  }
  await leave(page);
  problems.check('in the way of the first paint');
});

test('an alias redirects to the document', async () => {
  const page = await reader(open, open.cases);
  await page.goto(open.cases.url('/old/annual.html'));
  await page.waitForURL(`**${pages.page('report').replace(/index\.html$/, '*')}`);
  await leave(page);
});
