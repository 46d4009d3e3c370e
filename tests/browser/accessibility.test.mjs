// axe-core finds nothing on any kind of page, in light and dark, in ordinary and large mode, on phone and desktop.
import { describe, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Problems, house, leave, reader, visit } from './lib/house.mjs';
import * as pages from './lib/pages.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// Light and dark differ by colours alone: there the rules of colours do.
const COLOURS = ['color-contrast', 'link-in-text-block'];
const open = await house();

/** What axe finds on the page, as `rule: element`. */
async function findings(page, runOnly) {
  const { violations } = await page.evaluate(
    (runOnly) => window.axe.run(document, { runOnly, resultTypes: ['violations'] }),
    runOnly,
  );
  const why = (node) => node.failureSummary.replace(/\s+/g, ' ').slice(0, 160);
  return violations.flatMap((rule) => rule.nodes.slice(0, 5).map((node) => `${rule.id}: ${node.target.join(' ')} (${why(node)})`));
}

/** Looks at a page in every combination; the problems say in which of them they are. */
async function examine(server, { path }, modes, screens) {
  const problems = new Problems();
  // The settings of the site need a new reader; light and dark are the browser's.
  for (const [elder, group] of [[false, modes.filter((mode) => !mode.elder)], [true, modes.filter((mode) => mode.elder)]]) {
    const page = await reader(open, server, { mode: { elder }, looks: true });
    await visit(page, server, path);
    // By the debugger, not by the page: its policy stays as it is.
    await page.evaluate(axe);
    if (elder) await page.waitForSelector('html[data-elder]');
    for (const [n, mode] of group.entries()) {
      await page.emulateMedia({ colorScheme: mode.colorScheme });
      for (const screen of screens) {
        await page.setViewportSize(screen);
        const runOnly = n === 0 ? { type: 'tag', values: TAGS } : { type: 'rule', values: COLOURS };
        problems.add(`${mode.name} ${screen.name}`, ...(await findings(page, runOnly)));
      }
    }
    await leave(page);
  }
  problems.check('axe');
}

describe('axe, hard cases', { concurrency: 2 }, () => {
  for (const each of pages.cases) {
    test(`axe finds nothing on ${each.kind}`, () => examine(open.cases, each, pages.modes, [pages.phone, pages.desktop]));
  }
});

describe('axe, sample site', { concurrency: 2 }, () => {
  for (const each of pages.sample) {
    test(`axe finds nothing on the sample’s ${each.kind}`, () => examine(open.sample, each, [pages.light, pages.elderDark], [pages.phone]));
  }
});
