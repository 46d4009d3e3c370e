// The kinds of pages, one example of each and of its hard cases, and the ways they are looked at.

/** Pages of the site of hard cases. Paths are below the site's own. */
export const cases = [
  ['home', '/'],
  ['section', '/news/'],
  ['section with introduction', '/reports/'],
  ['empty section', '/notices/'],
  ['page 2', '/news/page-2.html'],
  ['last page', '/news/page-3.html'],
  ['district', '/districts/shili/'],
  ['lowest district', '/districts/jia-1-1/'],
  ['empty district', '/districts/yangben/'],
  ['district and year', '/districts/jia/2025/'],
  ['districts', '/districts/'],
  ['year', '/years/2025/'],
  ['years', '/years/'],
  ['topic', '/topics/jian-du-gong-zuo/'],
  ['topics', '/topics/'],
  ['report', '/reports/2025/annual/index.html'],
  ['long title', '/news/long-title.html'],
  ['bare document', '/decisions/bare.html'],
  ['plain page', '/about.html'],
  ['accessibility', '/accessibility.html'],
  ['site map', '/sitemap.html'],
  ['not found', '/no/such/page.html'],
].map(([kind, path]) => ({ kind, path }));

/** Pages of the sample site: what the guides and the screenshots show. */
export const sample = [
  ['home', '/'],
  ['section', '/news/'],
  ['page 2', '/supervision/page-2.html'],
  ['district', '/districts/wuhan/'],
  ['district and year', '/districts/wuhan/2025/'],
  ['districts', '/districts/'],
  ['year', '/years/2025/'],
  ['years', '/years/'],
  ['topic', '/topics/dai-biao-gong-zuo/'],
  ['topics', '/topics/'],
  ['report', '/reports/2025/hanyang.html'],
  ['document with a picture', '/news/2025/hanyang-figures/index.html'],
  ['plain page', '/about.html'],
  ['accessibility', '/accessibility.html'],
].map(([kind, path]) => ({ kind, path }));

/** The page of hard cases of this kind. */
export const page = (kind) => cases.find((each) => each.kind === kind).path;

export const phone = { name: 'phone', width: 360, height: 740 };
export const desktop = { name: 'desktop', width: 1280, height: 800 };
/** 320 px: a small phone, and a desktop of 1280 px at 400 % (WCAG 1.4.10). */
export const narrow = { name: '320 px', width: 320, height: 640 };

export const light = { name: 'light', colorScheme: 'light' };
export const dark = { name: 'dark', colorScheme: 'dark' };
export const elder = { name: 'elder', colorScheme: 'light', elder: true };
export const elderDark = { name: 'elder dark', colorScheme: 'dark', elder: true };
export const modes = [light, dark, elder, elderDark];
