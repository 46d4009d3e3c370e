// Builds the two sites that the tests look at: the repository's sample site, and the one of `site/`,
// which gets its pictures and its many news here. By hand: node lib/sites.mjs BINARY FOLDER
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { picture } from './picture.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const REPOSITORY = resolve(HERE, '../../..');

/** Where a site is built to, and what its addresses begin with. */
export const places = (folder) => ({
  sample: { root: join(folder, 'sample'), path: '', host: 'https://www.example.gov.cn' },
  cases: { root: join(folder, 'cases'), path: '/renda', host: 'https://rd.example.cn' },
});

const DISTRICTS = ['示例市', '甲区', '甲一街道', '甲一街道第一社区', '乙丙丁族戊己庚族辛壬族自治县'];
const TOPICS = ['代表工作', '监督工作', '民生实事'];

/** Forty-four short news of three years: three pages of a listing, together with the others. */
function writeNews(folder) {
  for (let n = 1; n <= 44; n += 1) {
    const [year, month, day] = [2023 + (n % 3), 1 + (n % 12), 1 + (n % 28)];
    const date = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    const text = `---
title: 第${n}次代表小组活动举行
date: ${date} 10:00
district: ${DISTRICTS[n % DISTRICTS.length]}
topics: [${TOPICS[n % TOPICS.length]}]
source: 示例市人大网
---

代表小组举行第${n}次活动，${10 + n}名代表参加，走访居民${20 + n}户。

代表们听取了居民的意见，逐条记下，带回研究。
`;
    mkdirSync(join(folder, String(year)), { recursive: true });
    writeFileSync(join(folder, String(year), `activity-${n}.md`), text);
  }
}

function writeCases(folder) {
  cpSync(join(HERE, '../site'), folder, { recursive: true });
  const report = join(folder, 'content/reports/2025/annual');
  writeFileSync(join(report, 'small.png'), picture(320, 120));
  writeFileSync(join(report, 'wide.png'), picture(2400, 400));
  writeNews(join(folder, 'content/news'));
}

/** Builds both below `folder`. */
export function buildSites(binary, folder) {
  rmSync(folder, { recursive: true, force: true });
  const source = join(folder, 'cases-source');
  mkdirSync(source, { recursive: true });
  writeCases(source);
  const { sample, cases } = places(folder);
  const build = (root, out) => execFileSync(binary, ['build', '--no-cache', '--root', root, '--out', out], { stdio: ['ignore', 'ignore', 'inherit'] });
  build(REPOSITORY, sample.root);
  build(source, cases.root);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildSites(...process.argv.slice(2).map((path) => resolve(path)));
