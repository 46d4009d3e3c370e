// Runs Lighthouse against the sample site on the tests' own server, and prints a table of the four categories.
import { launch as startChrome } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';
import { serve } from '../lib/server.mjs';
import { places } from '../lib/sites.mjs';

const PAGES = { home: '/', listing: '/news/', article: '/reports/2025/hanyang.html', district: '/districts/wuhan/' };
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

const wanted = process.argv.slice(2);
const server = await serve(places(process.env.TRIBUNE_SITES).sample);
const chrome = await startChrome({ chromePath: process.env.CHROME_PATH || '/usr/bin/chromium', chromeFlags: FLAGS });
const faults = [];
console.log(['page'.padEnd(20), ...CATEGORIES.map((each) => each.padStart(15)), 'FCP ms'.padStart(8), 'LCP ms'.padStart(8), 'CLS'.padStart(6), 'KB'.padStart(6)].join(''));
for (const [name, path] of Object.entries(PAGES).filter(([each]) => !wanted.length || wanted.includes(each))) {
  for (const [form, config] of [['phone', undefined], ['desktop', desktopConfig]]) {
    const { lhr } = await lighthouse(server.url(path), { port: chrome.port, logLevel: 'error', onlyCategories: CATEGORIES }, config);
    const scores = CATEGORIES.map((each) => Math.round((lhr.categories[each].score ?? 0) * 100));
    const figure = (id) => lhr.audits[id]?.numericValue ?? NaN;
    console.log([
      `${name} ${form}`.padEnd(20), ...scores.map((score) => String(score).padStart(15)),
      figure('first-contentful-paint').toFixed(0).padStart(8), figure('largest-contentful-paint').toFixed(0).padStart(8),
      figure('cumulative-layout-shift').toFixed(3).padStart(6), (figure('total-byte-weight') / 1024).toFixed(0).padStart(6),
    ].join(''));
    for (const [i, category] of CATEGORIES.entries()) {
      if (scores[i] === 100) continue;
      for (const { id, weight } of lhr.categories[category].auditRefs) {
        const audit = lhr.audits[id];
        if (weight > 0 && audit.score !== null && audit.score < 1) faults.push(`${name} ${form}, ${category} ${scores[i]}: ${id}: ${audit.title}`);
      }
    }
    if (lhr.runtimeError) faults.push(`${name} ${form}: ${lhr.runtimeError.message}`);
  }
}
await chrome.kill();
await server.close();
console.log(faults.length ? `\nbelow 100:\n  ${faults.join('\n  ')}` : '\n100 everywhere');
process.exitCode = faults.length ? 1 : 0;
