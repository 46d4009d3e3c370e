// Nothing that editors write runs in a real browser, without any policy that would stop it: every attempt of
// `tests/xss/vectors.txt`, many on one page, and each on a page of its own, where it cannot hide behind another.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, none } from './lib/house.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const BINARY = resolve(process.env.CARGO_TARGET_DIR || join(HERE, '../../target'), 'debug/tribune');

const vectors = readFileSync(join(HERE, '../xss/vectors.txt'), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('## '))
  .map((line) => line.replace(/\{%%([0-9A-F]+)%%\}/g, (_, code) => String.fromCodePoint(parseInt(code, 16))));
const isText = (vector) => !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(vector) && vector.trim() !== '';
// JSON is YAML, but for what lies beyond its characters.
const yaml = (text) => JSON.stringify(text).replace(/[^ -~\u00a1-\ud7ff]/gu, (c) => `\\U${c.codePointAt(0).toString(16).padStart(8, '0')}`);

const PLACES = [
  (v) => v,
  (v) => `# ${v}\n\n## V {#x ${v}}\n\n[a](https://a.example/ "${v}") ![${v}](/a.png "${v}")\n\n| ${v} | b |\n|---|---|\n| ${v} | b |`,
  (v) => `<a href="${v}">a</a> <img src="${v}" srcset="${v} 2x" alt="${v}"> <div title='${v}' class="${v}">b</div>`,
  (v) => `a[^n]\n\n[^n]: ${v}\n\n\`\`\`${v}\n${v}\n\`\`\`\n\n- ${v}\n\n> ${v}`,
];

const root = mkdtempSync(join(tmpdir(), 'tribune-content-'));
const file = (path, text) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** A site with a page for every twelve attempts at every place, and one for every attempt; its pages' addresses. */
function build() {
  const fields = (v) => (isText(v) ? `subtitle: ${yaml(v)}\nsummary: ${yaml(v)}\nsource: {name: ${yaml(v)}}\nauthors: [${yaml(v)}]\neditor: ${yaml(v)}\n` : '');
  const document = (title, more, body) => `---\ntitle: ${title}\ndate: 2025-01-01\n${more}---\n\n${body}\n`;
  file('content/site.yaml', `title: ${yaml('<script>alert(1)</script>"\' onclick=alert(1)')}\nbase_url: https://example.gov.cn\n`);
  file('content/news/_index.md', '---\ntitle: 要闻\nrequires: [date]\npaginate: 1000\n---\n');
  const pages = [];
  const add = (name, text) => {
    file(`content/news/${name}.md`, text.replaceAll('\0', ''));
    pages.push(name);
  };
  vectors.forEach((v, n) => v.includes('<') && add(`v${n}`, document(isText(v) ? yaml(v) : '甲', fields(v), v)));
  // The attempts of each page that holds several.
  const shared = new Map();
  const together = (name, bodies) => {
    add(name, document('甲', '', bodies.join('\n\n')));
    if (bodies.length > 1) shared.set(name, bodies);
  };
  PLACES.forEach((place, p) => {
    for (let n = 0; n < vectors.length; n += 12) together(`p${p}-${n}`, vectors.slice(n, n + 12).map(place));
  });
  // A link that leads nowhere is an error, not a link: such pages are left out, but not what shares a page with one.
  for (let round = 0; round < 6; round += 1) {
    let report;
    try {
      execFileSync(BINARY, ['build', '--no-cache', '--json', '--root', root], { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });
      return pages;
    } catch (error) {
      report = JSON.parse(error.stdout);
    }
    for (const { severity, file: path } of report.diagnostics) {
      if (severity !== 'error') continue;
      rmSync(join(root, path), { force: true });
      const name = path.replace(/^content\/news\/|\.md$/g, '');
      const at = pages.indexOf(name);
      if (at >= 0) pages.splice(at, 1);
      const bodies = shared.get(name) ?? [];
      shared.delete(name);
      const part = Math.ceil(bodies.length / 4);
      for (let k = 0; k < bodies.length; k += part) together(`${name}-${k}`, bodies.slice(k, k + part));
    }
  }
  throw new Error('the site does not build');
}

const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };

/** Serves the site without any header that protects it. */
async function bare() {
  const server = createServer((request, response) => {
    try {
      const path = decodeURIComponent(request.url.split('?')[0]).replace(/\/$/, '/index.html');
      const bytes = readFileSync(join(root, 'public', path));
      response.writeHead(200, { 'content-type': TYPES[path.split('.').pop()] ?? 'application/octet-stream' }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

test('nothing that editors write runs, without any policy', async () => {
  const pages = build();
  const [browser, { server, origin }] = await Promise.all([launch(), bare()]);
  after(() => Promise.all([browser.close(), server.close(), rmSync(root, { recursive: true, force: true })]));
  const problems = [];
  const context = await browser.newContext();
  // Pictures of others may be shown; nothing else may be fetched from elsewhere. None is really asked.
  await context.route((url) => url.origin !== origin, (route) => {
    const request = route.request();
    if (request.resourceType() !== 'image') problems.push(`${request.frame()?.url()} asks for ${request.url()}`);
    return route.abort();
  });
  await context.addInitScript(() => {
    window.__ran = [];
    for (const name of ['alert', 'msgbox', 'prompt', 'confirm']) window[name] = (...what) => window.__ran.push(`${name}(${what})`);
  });
  const visit = async (page, path) => {
    await page.goto(`${origin}${path}`, { waitUntil: 'load' });
    const found = await page.evaluate(async () => {
      // What waits for the reader: a click on each link that is not one of the web, the focus, the pointer.
      for (const element of document.querySelectorAll('main *')) {
        for (const kind of ['mouseover', 'focus', 'toggle', 'animationstart', 'error', 'load', 'pointerenter']) {
          element.dispatchEvent(new Event(kind));
        }
        const scheme = element.href?.protocol ?? element.protocol;
        if (typeof scheme === 'string' && scheme && scheme !== ':' && !/^(https?|mailto|tel):$/.test(scheme)) window.__ran.push(`link ${element.href}`);
      }
      await new Promise((done) => { setTimeout(done, 0); });
      const inert = document.querySelectorAll('iframe, object, embed, base, form, style, [style], [srcdoc], math, svg:not(.qr, .bar)');
      return [...window.__ran, ...[...inert].map((element) => element.outerHTML.slice(0, 120))];
    });
    if (new URL(page.url()).pathname !== path) found.push(`went to ${page.url()}`);
    problems.push(...found.map((what) => `${path}: ${what}`));
  };
  const paths = ['/', '/news/', '/404.html', '/years/2025/', ...pages.map((name) => `/news/${name}.html`)];
  const reader = async () => {
    const page = await context.newPage();
    page.on('dialog', (dialog) => { problems.push(`${page.url()}: dialog`); return dialog.dismiss(); });
    for (let path = paths.shift(); path; path = paths.shift()) await visit(page, path);
  };
  await Promise.all([reader(), reader(), reader()]);
  none(problems.length > 30 ? [...problems.slice(0, 30), `… ${problems.length}`] : problems, 'active');
  // Enough of them reached the pages.
  none(pages.length > 400 ? [] : [`${pages.length} pages`], 'pages');
});
