// What every test file needs: one browser, both sites on servers of their own, and pages in them.
// `tests/run` builds the sites and says where they are in TRIBUNE_SITES.
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { desktop, light } from './pages.mjs';
import { serve } from './server.mjs';
import { places } from './sites.mjs';

// Without these Chromium calls its maker's hosts; without a sandbox, because root has none.
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** Debian's Chromium, with a new profile. On a busy machine it sometimes dies while it starts: then once more. */
export async function launch(attempts = 3) {
  try {
    return await chromium.launch({ executablePath: process.env.CHROME_PATH || '/usr/bin/chromium', args: FLAGS });
  } catch (error) {
    if (attempts <= 1) throw error;
    return launch(attempts - 1);
  }
}

// How long a page may take, in milliseconds: a busy machine takes seconds for what takes a tenth of one elsewhere.
const PATIENCE = 30_000;

if (!process.env.TRIBUNE_SITES) throw new Error('TRIBUNE_SITES is not set: tests/run sets it');
export const sites = places(process.env.TRIBUNE_SITES);

/** Opens the house for a test file; it closes itself after the last test. */
export async function house() {
  const [browser, cases, sample] = await Promise.all([launch(), serve(sites.cases), serve(sites.sample)]);
  after(() => Promise.all([browser.close(), cases.close(), sample.close()]));
  return { browser, cases, sample };
}

const settings = new WeakMap();

/** What a reader's browser keeps after 长辈版 was chosen on this server's pages. */
function elderState(browser, server) {
  if (!settings.has(server)) {
    settings.set(server, (async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(server.url('/'));
      const button = await page.$('[data-reading] [data-elder]');
      if (!(await button?.isVisible())) none(['no button [data-reading] [data-elder] to be seen on the home page'], 'large mode');
      await button.click();
      const state = await context.storageState();
      await context.close();
      return state;
    })());
  }
  return settings.get(server);
}

// Pages that a test only looked at, to be looked at again: a new one costs as much as what most tests do with it.
const idle = new Map();
const homes = new WeakMap();

/**
 * A reader's page, until `leave`. It is new, unless the test only `looks`: then it may be one that another such test
 * has left. Such tests change no settings of the site.
 */
export async function reader({ browser }, server, { screen = desktop, mode = light, looks = false, ...more } = {}) {
  const viewport = { width: screen.width, height: screen.height };
  const { colorScheme } = mode;
  const key = looks && JSON.stringify([server.url('/'), Boolean(mode.elder), more]);
  const left = idle.get(key)?.pop();
  if (left) {
    await left.setViewportSize(viewport);
    await left.emulateMedia({ colorScheme, media: null });
    return left;
  }
  const storageState = mode.elder ? await elderState(browser, server) : undefined;
  const context = await browser.newContext({ viewport, colorScheme, locale: 'zh-CN', reducedMotion: 'reduce', storageState, ...more });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  if (key) homes.set(page, key);
  return page;
}

/** The reader goes away. */
export async function leave(page) {
  const key = homes.get(page);
  if (!key) return page.context().close();
  idle.set(key, [...(idle.get(key) ?? []), page]);
}

/** Opens a page of the site; it must be there (the page of the 404 must say so). */
export async function visit(page, server, path) {
  const response = await page.goto(server.url(path));
  const expected = path.includes('no/such') ? 404 : 200;
  if (response.status() !== expected) none([`${response.status()} instead of ${expected}`], path);
  return response;
}

/** Fails with all of `problems`, one a line, and without a stack that says nothing. */
export function none(problems, what) {
  if (!problems.length) return;
  const error = new Error(`${what}:\n  ${problems.join('\n  ')}`);
  error.stack = error.message;
  throw error;
}

/** Problems of many pages: each is told once, with the pages that have it. */
export class Problems {
  #found = new Map();

  add(where, ...problems) {
    for (const problem of problems) this.#found.set(problem, [...(this.#found.get(problem) ?? []), where]);
  }

  /** Fails if there are any. */
  check(what) {
    none([...this.#found].map(([problem, where]) => `${where.join(', ')}: ${problem}`), what);
  }
}
