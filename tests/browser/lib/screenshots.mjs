// Pictures of the sample site's main pages, as WebP, of at most 150 KB each. By `tests/browser/screenshots FOLDER`.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { launch, reader, leave, sites, visit } from './house.mjs';
import { dark, elder, light } from './pages.mjs';
import { serve } from './server.mjs';

const PHONE = { name: 'phone', width: 390, height: 844 };
const DESKTOP = { name: 'desktop', width: 1280, height: 800 };
const TALLEST = 1800;
const LARGEST = 150 * 1024;

const main = [
  ['home', '/'],
  ['listing', '/news/'],
  ['article', '/reports/2025/hanyang.html'],
  ['districts', '/districts/'],
  ['district', '/districts/wuhan/'],
  ['years', '/years/'],
];
const shots = [
  ...main.flatMap(([name, path]) => [PHONE, DESKTOP].map((screen) => ({ name: `${name}-${screen.name}`, path, screen, mode: light }))),
  { name: 'home-dark', path: '/', screen: DESKTOP, mode: dark },
  { name: 'article-elder', path: main[2][1], screen: PHONE, mode: elder },
];

/** The top of the page as WebP, at the best quality that is small enough. */
async function picture(page, screen) {
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  const height = Math.max(screen.height, Math.min(whole, TALLEST));
  await page.setViewportSize({ width: screen.width, height });
  const debugging = await page.context().newCDPSession(page);
  for (const quality of [80, 65, 50, 35]) {
    const { data } = await debugging.send('Page.captureScreenshot', { format: 'webp', quality });
    const bytes = Buffer.from(data, 'base64');
    if (bytes.length <= LARGEST) return bytes;
  }
  throw new Error('larger than 150 KB at the lowest quality');
}

const folder = resolve(process.argv[2]);
mkdirSync(folder, { recursive: true });
const browser = await launch();
const server = await serve(sites.sample);
for (const { name, path, screen, mode } of shots) {
  const page = await reader({ browser }, server, { screen, mode });
  await visit(page, server, path);
  const file = join(folder, `${name}.webp`);
  writeFileSync(file, await picture(page, screen));
  await leave(page);
  console.log(`${name}.webp: ${screen.width} px wide, ${Math.ceil(statSync(file).size / 1024)} KB`);
}
await browser.close();
await server.close();
