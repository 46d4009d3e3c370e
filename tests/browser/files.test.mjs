// The built files themselves: valid HTML, CSS and SVG (the Nu checker), feeds and sitemaps by their schemas,
// structured data for every kind of page, and nothing heavy. No browser is needed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { none, sites } from './lib/house.mjs';
import * as pages from './lib/pages.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const files = ({ root }, ...ends) =>
  readdirSync(root, { recursive: true }).map(String).filter((name) => ends.some((end) => name.endsWith(end))).sort();

/** Properties and rules that browsers have and the checker does not know yet. */
const YOUNG = /container(-type|-name)?”|view-transition|interpolate-size|@starting-style|corner-shape|anchor-name|position-anchor/;

test('the Nu checker finds neither errors nor warnings in any HTML, CSS or SVG', () => {
  const jar = join(dirname(createRequire(import.meta.url).resolve('vnu-jar/package.json')), 'build/dist/vnu.jar');
  const all = Object.values(sites).flatMap((site) => files(site, '.html', '.css', '.svg').map((name) => join(site.root, name)));
  assert.ok(all.length > 180, `${all.length} files`);
  const { stdout, stderr, status } = spawnSync('java', ['-jar', jar, '--also-check-css', '--also-check-svg', '--exit-zero-always', '--stdout', '--format', 'json', ...all], { encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(status, 0, stderr);
  const faults = JSON.parse(stdout).messages
    .filter(({ type, subType, message }) => (type !== 'info' || subType === 'warning') && !YOUNG.test(message))
    .map(({ type, url, lastLine, message, extract }) => `${type === 'info' ? 'warning' : type}: ${url?.split('/').slice(-3).join('/')}:${lastLine}: ${message} ${(extract ?? '').replace(/\s+/g, ' ').slice(0, 80)}`);
  none(faults.slice(0, 40), `${faults.length} findings in ${all.length} files`);
});

describe('feeds', () => {
  for (const [name, site] of Object.entries(sites)) {
    test(`feeds keep to RFC 4287 (${name})`, () => {
      const feeds = files(site, 'feed.xml');
      assert.ok(feeds.length > 8, feeds.join());
      // The grammar cannot say this: everybody has an author, and entries without content have a page.
      for (const feed of feeds) {
        const xml = readFileSync(join(site.root, feed), 'utf8');
        const [head, ...entries] = xml.split('<entry>');
        assert.ok(/<author>/.test(head) || entries.every((entry) => /<author>/.test(entry)), `${feed}: no author`);
        assert.ok(entries.every((entry) => /<content|<link rel="alternate"/.test(entry)), `${feed}: an entry leads nowhere`);
        const ids = entries.map((entry) => entry.match(/<id>(.*?)<\/id>/)[1]);
        assert.equal(new Set(ids).size, ids.length, `${feed}: an id twice`);
      }
      validate('--relaxng', 'atom.rng', feeds.map((feed) => join(site.root, feed)));
    });
  }
});

test('sitemaps keep to the protocol of sitemaps.org, and every address in them is a page', () => {
  for (const site of Object.values(sites)) {
    const maps = readdirSync(site.root).filter((name) => /^sitemap.*\.xml$/.test(name));
    assert.ok(maps.includes('sitemap.xml'));
    validate('--schema', 'sitemap.xsd', maps.map((name) => join(site.root, name)));
    const prefix = `${site.host}${site.path}/`;
    const html = new Set(files(site, '.html'));
    for (const [, address] of readFileSync(join(site.root, 'sitemap.xml'), 'utf8').matchAll(/<loc>(.*?)<\/loc>/g)) {
      assert.ok(address.startsWith(prefix), address);
      const path = decodeURIComponent(address.slice(prefix.length));
      assert.ok(html.has(path === '' || path.endsWith('/') ? `${path}index.html` : path), address);
    }
  }
});

function validate(kind, schema, paths) {
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', kind, join(HERE, 'schema', schema), ...paths], { encoding: 'utf8' });
  assert.equal(status, 0, stderr.split('\n').filter((line) => !/ validates$/.test(line)).join('\n'));
}

/** The structured data (JSON-LD) of a page of hard cases, flattened. */
function data(path) {
  const file = path.endsWith('/') ? `${path}index.html` : path;
  const html = readFileSync(join(sites.cases.root, file), 'utf8');
  const blocks = [...html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)].map(([, text]) => JSON.parse(text));
  return blocks.flat().flatMap((each) => each['@graph'] ?? [each]);
}

describe('structured data', () => {
  const article = /^(Article|NewsArticle|Report)$/;
  const wanted = {
    home: [/^WebSite$/, /^GovernmentOrganization$/],
    section: [/^BreadcrumbList$/],
    district: [/^BreadcrumbList$/],
    year: [/^BreadcrumbList$/],
    report: [article, /^BreadcrumbList$/],
    'long title': [article, /^BreadcrumbList$/],
    'bare document': [article, /^BreadcrumbList$/],
  };
  for (const [kind, types] of Object.entries(wanted)) {
    test(`structured data says what a page is: ${kind}`, () => {
      const found = data(pages.page(kind));
      const names = found.map((each) => each['@type']).flat();
      for (const type of types) assert.ok(names.some((name) => type.test(name)), `no ${type} among ${names.join(', ') || 'nothing'}`);
      for (const each of found.filter((one) => one['@type'] === 'BreadcrumbList')) {
        const items = each.itemListElement;
        assert.deepEqual(items.map(({ position }) => position), items.map((_, n) => n + 1), 'positions');
        assert.ok(items.slice(0, -1).every(({ item }) => String(item?.['@id'] ?? item).startsWith(sites.cases.host)), 'whole addresses');
      }
    });
  }

  test('an article has its title, days, author and address', () => {
    const found = data(pages.page('report')).find((each) => article.test([each['@type']].flat().join()));
    assert.ok(found, 'no article');
    assert.equal(found.headline, '示例市人民代表大会常务委员会2025年工作报告');
    assert.match(found.datePublished, /^2026-01-08T09:30/);
    assert.ok(JSON.stringify(found).includes(`${sites.cases.host}${sites.cases.path}/reports/2025/annual/`));
    assert.ok(found.author || found.publisher, 'neither author nor publisher');
  });
});

test('no page of the sample site weighs more than 60 KB with its style and script', () => {
  const { root } = sites.sample;
  const weight = new Map();
  const packed = (name) => {
    if (!weight.has(name)) weight.set(name, gzipSync(readFileSync(join(root, name)), { level: 9 }).length);
    return weight.get(name);
  };
  // A page that only leads on has neither.
  const heavy = files(sites.sample, '.html').filter((name) => !/http-equiv="refresh"/.test(readFileSync(join(root, name), 'utf8'))).flatMap((name) => {
    const html = readFileSync(join(root, name), 'utf8');
    const tags = html.match(/<link\s[^>]*\bstylesheet\b[^>]*>|<script\s[^>]*\bsrc=[^>]*>/g) ?? [];
    const own = tags.map((tag) => tag.match(/\s(?:href|src)="\/([^"]+)"/)[1]);
    assert.ok(own.length, `${name} has no style`);
    const total = [name, ...own].reduce((sum, each) => sum + packed(each), 0);
    return total > 60 * 1024 ? [`${name}: ${(total / 1024).toFixed(1)} KB`] : [];
  });
  none(heavy, 'more than 60 KB');
});

test('what belongs to one site alone stands below its path', () => {
  const bad = files(sites.cases, '.html').flatMap((name) => {
    const html = readFileSync(join(sites.cases.root, name), 'utf8');
    return [...html.matchAll(/\s(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => path).filter((path) => !path.startsWith('/renda/')).map((path) => `${name}: ${path}`);
  });
  none(bad.slice(0, 20), 'addresses that forget the path');
});
