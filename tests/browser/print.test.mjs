// On paper an article looks as GB/T 9704-2012 has it: A4, margins of 37, 35, 28 and 26 mm, the title of
// 22 pt, the text of 16 pt in lines of 28 hanzi. Read from the PDF with poppler's pdftohtml (positions and sizes).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { house, leave, reader, sites, visit } from './lib/house.mjs';
import * as pages from './lib/pages.mjs';

const open = await house();
const MM = 72 / 25.4;
const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const plain = (xml) => xml.replace(/<[^>]*>/g, '').replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (_, dec, hex, name) =>
  (name ? entities[name] : String.fromCodePoint(dec ? Number(dec) : parseInt(hex, 16))));

// Where a font draws a hanzi and its radical alike, Chromium's PDF names the radical.
const RADICALS = '⺟母⺠民⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻨麦⻩黄⻬齐⻮齿⻰龙';
const hanzi = (text) => text.replace(/[\u2f00-\u2fdf]/g, (radical) => radical.normalize('NFKC'))
  .replace(/[\u2e80-\u2eff]/g, (radical) => RADICALS[RADICALS.indexOf(radical) + 1]);

/** The pieces of a line are of different fonts: joins what stands at one height. */
function joined(pieces) {
  const lines = [];
  for (const piece of pieces) {
    const line = lines.find((each) => Math.abs(each[0].bottom - piece.bottom) < 5);
    if (line) line.push(piece);
    else lines.push([piece]);
  }
  return lines.map((line) => {
    line.sort((a, b) => a.left - b.left);
    const longest = line.reduce((a, b) => (b.text.length > a.text.length ? b : a));
    const edge = (most, side) => most(...line.map((piece) => piece[side]));
    return {
      text: line.map(({ text }) => text).join(''), size: longest.size,
      left: edge(Math.min, 'left'), top: edge(Math.min, 'top'), right: edge(Math.max, 'right'), bottom: edge(Math.max, 'bottom'),
    };
  });
}

/** The PDF of a page as its reader prints it: `[{ width, height, lines: [{ text, left, top, right, bottom, size }] }]`, in points. */
async function printed(path, options) {
  const page = await reader(open, open.cases, { timezoneId: 'Asia/Shanghai', ...options });
  await visit(page, open.cases, path);
  // A printer of paper waits for pictures by itself.
  await page.evaluate(() => Promise.all([...document.images].map((image) => { image.loading = 'eager'; return image.decode().catch(() => {}); })));
  const bytes = await page.pdf({ preferCSSPageSize: true });
  await leave(page);
  const folder = mkdtempSync(join(tmpdir(), 'tribune-print-'));
  const file = join(folder, 'page.pdf');
  writeFileSync(file, bytes);
  // pdftohtml rounds to whole units: three a point are the most it gives.
  const xml = execFileSync('pdftohtml', ['-xml', '-i', '-zoom', '3', '-stdout', file], { encoding: 'utf8', maxBuffer: 1 << 26 });
  rmSync(folder, { recursive: true });
  const sizes = new Map([...xml.matchAll(/<fontspec id="(\d+)" size="(-?\d+)"/g)].map(([, id, size]) => [id, size / 3]));
  return xml.split('<page ').slice(1).map((part) => {
    const [, height, width] = part.match(/height="(\d+)" width="(\d+)"/);
    const pieces = [...part.matchAll(/<text top="(-?\d+)" left="(-?\d+)" width="(\d+)" height="(\d+)" font="(\d+)">(.*?)<\/text>/gs)]
      .map(([, top, left, w, h, font, text]) => ({
        text: hanzi(plain(text)), size: sizes.get(font),
        left: left / 3, top: top / 3, right: (Number(left) + Number(w)) / 3, bottom: (Number(top) + Number(h)) / 3,
      }))
      .filter(({ text }) => text.trim());
    return { width: width / 3, height: height / 3, lines: joined(pieces) };
  });
}

const near = (actual, expected, slack, what) => assert.ok(Math.abs(actual - expected) <= slack, `${what}: ${actual.toFixed(1)} pt, not ${expected.toFixed(1)} ± ${slack}`);
/** Page numbers stand below the text area; everything else in it. */
const isNumber = ({ text }) => /^[—–\-\s第页/共]*\d+[—–\-\s第页/共\d]*$/.test(text);
const flat = (text) => text.replace(/\s+/g, '');

describe('on paper', () => {
  let sheets;
  let all;
  before(async () => {
    sheets = await printed(pages.page('report'));
    all = flat(sheets.flatMap(({ lines }) => lines).map(({ text }) => text).join(''));
  });

  test('a printed report is on A4', () => {
    assert.ok(sheets.length >= 2, `${sheets.length} sheets`);
    for (const { width, height } of sheets) {
      near(width, 210 * MM, 1, 'width');
      near(height, 297 * MM, 1, 'height');
    }
  });

  test('a printed report keeps the margins of 37, 35, 28 and 26 mm, and fills what is between them', () => {
    for (const { lines } of sheets) {
      for (const line of lines.filter((each) => !isNumber(each))) {
        const inside = line.left >= 28 * MM - 1 && line.right <= (210 - 26) * MM + 4 && line.top >= 37 * MM - 2 && line.bottom <= (297 - 35) * MM + 2;
        assert.ok(inside, `in the margin: “${line.text}” ${JSON.stringify(line)}`);
      }
    }
    const text = sheets.flatMap(({ lines }) => lines).filter((each) => !isNumber(each));
    near(Math.min(...text.map(({ left }) => left)), 28 * MM, 2, 'left edge');
    near(Math.max(...text.map(({ right }) => right)), (210 - 26) * MM, 18, 'right edge');
    near(Math.min(...sheets[1].lines.map(({ top }) => top)), 37 * MM, 24, 'top edge');
  });

  test('a printed report has the title in 22 pt and the text in 16 pt', () => {
    const sized = (part, expected) => {
      const line = sheets.flatMap(({ lines }) => lines).find(({ text }) => flat(text).includes(part));
      assert.ok(line, `nowhere: ${part}`);
      near(line.size, expected, 0.6, part);
    };
    sized('示例市人民代表', 22);
    sized('听取和审议专项', 16);
    sized('一、坚持依法履职', 16);
  });

  test('a printed report has 28 hanzi a line', () => {
    // 156 mm hold 27.6 hanzi of 16 pt: 27 or 28, unless a punctuation mark is squeezed.
    const full = sheets.flatMap(({ lines }) => lines).filter(({ left, right, size }) => Math.abs(size - 16) < 0.6 && left < 28 * MM + 4 && right > (210 - 26) * MM - 20)
      .map(({ text }) => [...flat(text)]).filter((chars) => chars.every((char) => /[\p{Script=Han}、，。；：（）“”]/u.test(char))).map((chars) => chars.length);
    assert.ok(full.length >= 2, `${full.length} full lines`);
    assert.ok(full.every((length) => length >= 26 && length <= 29), full.join(', '));
  });

  test('a printed report tells its address and the day of printing', () => {
    assert.ok(all.includes(`${sites.cases.host}${sites.cases.path}/reports/2025/annual/`), 'address');
    const now = new Date(Date.now() + 8 * 3600e3);
    const day = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()];
    const forms = [`${day[0]}年${day[1]}月${day[2]}日`, day.map((part) => String(part).padStart(2, '0')).join('-')];
    assert.ok(forms.some((form) => all.includes(form)), `no day of printing: ${forms}`);
  });

  test('a printed report leaves out what only a screen needs', () => {
    for (const word of ['跳到正文', '通知公告', '区县人大', '本文目录', '长辈版', '上一篇', '下一篇', '订阅', '回到顶部']) {
      assert.ok(!all.includes(word), word);
    }
  });

  test('a printed report has all of the text, the table and the notes', () => {
    for (const text of ['坚持依法履职', '问卷回收率为92.5%', '8721.35', '三个项目完成投资的比例（甲某绘）', '指人民政府、监察委员会']) {
      assert.ok(all.includes(flat(text)), text);
    }
  });
});

describe('settings', () => {
  let ordinary;
  before(async () => { ordinary = await printed(pages.page('report')); });
  for (const mode of [pages.dark, pages.elder]) {
    test(`what a reader has set for the screen does not change the sheet: ${mode.name}`, async () => {
      const shape = (sheets) => sheets.flatMap(({ lines }, n) => lines.map(({ text, size }) => `sheet ${n + 1}, ${size.toFixed(1)} pt: ${text}`));
      const [actual, expected] = [shape(await printed(pages.page('report'), { mode })), shape(ordinary)];
      const first = expected.findIndex((line, n) => line !== actual[n]);
      assert.equal(actual[first], expected[first]);
      assert.equal(actual.length, expected.length);
    });
  }
});

test('a listing is printed whole', async () => {
  const sheets = await printed('/news/');
  const all = flat(sheets.flatMap(({ lines }) => lines).map(({ text }) => text).join(''));
  assert.equal(all.match(/第\d+次代表小组活动举行/g)?.length ?? 0, await (async () => {
    const page = await reader(open, open.cases);
    await visit(page, open.cases, '/news/');
    const count = await page.$$eval('main a', (links) => links.filter((link) => /第\d+次代表小组活动举行/.test(link.textContent)).length);
    await leave(page);
    return count;
  })());
});
