// Serves a built site as a careful host would: gzip, and the headers of the site's own `_headers`
// (the form that Netlify and Cloudflare read), else a strict policy. It notes what was asked for.
import { createServer } from 'node:http';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

export const STRICT_POLICY = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; object-src 'none'";

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.xml': 'application/xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.pdf': 'application/pdf',
};
const PACKED = /^(text\/|application\/(json|xml|manifest)|image\/svg)/;

/** The rules of a `_headers` file: `[[pattern, [[name, value], …]], …]`. */
export function readHeaders(text) {
  const rules = [];
  for (const line of text.split(/\r?\n/)) {
    if (!line.trim() || line.trim().startsWith('#')) continue;
    if (!/^\s/.test(line)) {
      rules.push([line.trim(), []]);
    } else {
      const [, name, value] = line.match(/^\s+([^:\s]+):\s*(.*)$/) ?? [];
      if (!name || !rules.length) throw new Error(`_headers: not understood: ${line}`);
      rules.at(-1)[1].push([name, value]);
    }
  }
  return rules;
}

const fits = (pattern, path) =>
  new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(path);

/** The file of an address: `{ status, file }`. */
function find(site, path) {
  const missing = { status: 404, file: join(site.root, '404.html') };
  if (!path.startsWith(`${site.path}/`)) return missing;
  let file = join(site.root, normalize(path.slice(site.path.length)));
  if (!file.startsWith(site.root)) return missing;
  if (path.endsWith('/')) file = join(file, 'index.html');
  return existsSync(file) && statSync(file).isFile() ? { status: 200, file } : missing;
}

/** Serves `site` (see `places`) on a free port: `{ origin, url, requests, close }`. */
export async function serve(site, port = 0) {
  const own = join(site.root, '_headers');
  const rules = existsSync(own) ? readHeaders(readFileSync(own, 'utf8')) : [['/*', [['Content-Security-Policy', STRICT_POLICY]]]];
  const requests = [];
  const packed = new Map();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const { status, file } = find(site, path);
    requests.push({ path, status });
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    let body = readFileSync(file);
    response.setHeader('Content-Type', type);
    for (const [pattern, headers] of rules) {
      if (fits(pattern, path)) headers.forEach(([name, value]) => response.setHeader(name, value));
    }
    if (PACKED.test(type) && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
      if (!packed.has(file)) packed.set(file, gzipSync(body, { level: 9 }));
      body = packed.get(file);
      response.setHeader('Content-Encoding', 'gzip');
      response.setHeader('Vary', 'Accept-Encoding');
    }
    response.setHeader('Content-Length', body.length);
    response.writeHead(status);
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const close = () => new Promise((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  return { origin, url: (path) => `${origin}${site.path}${path}`, requests, close };
}
