// An article's own tools: reading aloud, printing, and the table of contents that follows the reader.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { house, leave, reader, visit } from './lib/house.mjs';
import * as pages from './lib/pages.mjs';

const open = await house();
const REPORT = pages.page('report');

/** In the page, before its scripts: a voice that says all at once, or one piece whenever `finish` is called. */
function voice() {
  const queue = [];
  window.spoken = [];
  window.languages = [];
  window.cancelled = 0;
  const start = () => {
    if (!queue.length || stub.speaking) return;
    stub.speaking = true;
    window.spoken.push(queue[0].text);
    window.languages.push(queue[0].lang);
    queue[0].dispatchEvent(new Event('start'));
  };
  window.finish = () => {
    const piece = queue.shift();
    stub.speaking = false;
    piece?.dispatchEvent(new Event('end'));
    start();
    return Boolean(queue.length);
  };
  const stub = {
    speaking: false,
    paused: false,
    get pending() { return queue.length > 1; },
    speak(piece) { queue.push(piece); start(); },
    cancel() {
      window.cancelled += 1;
      stub.speaking = false;
      for (const piece of queue.splice(0)) piece.dispatchEvent(new Event('error'));
    },
    pause() {}, resume() {}, getVoices: () => [], addEventListener() {}, removeEventListener() {},
  };
  Object.defineProperty(window, 'speechSynthesis', { value: stub, configurable: true });
}

const pressed = (page) => page.getAttribute('[data-read-aloud]', 'aria-pressed');
const listen = async () => {
  const page = await reader(open, open.cases);
  await page.addInitScript(voice);
  await visit(page, open.cases, REPORT);
  return page;
};

test('the article is read aloud from its title to its end, in Chinese, and nothing else is', async () => {
  const page = await listen();
  assert.equal(await pressed(page), 'false');
  await page.click('[data-read-aloud]');
  assert.equal(await pressed(page), 'true');
  const { text, languages } = await page.evaluate(async () => {
    const button = document.querySelector('[data-read-aloud]');
    for (let n = 0; n < 500 && button.getAttribute('aria-pressed') === 'true'; n += 1) {
      window.finish();
      await new Promise((done) => setTimeout(done));
    }
    return { text: window.spoken.join('\n').replace(/\s+/g, ''), languages: window.languages };
  });
  const parts = ['示例市人民代表大会常务委员会2025年工作报告', '2025年，常委会听取和审议', '一、坚持依法履职', '一年来召开常委会会议8次', '（一）立法工作', '（1）调研的方式',
    '问卷回收率为92.5%', '面商率100%', '我们将继续努力'];
  const places = parts.map((part) => text.indexOf(part));
  assert.ok(places.every((place, i) => place >= 0 && (i === 0 || place > places[i - 1])), `${places}: ${text.slice(0, 300)}`);
  for (const other of ['跳到正文', '当前位置', '本文目录', '长辈版', '上一篇']) assert.ok(!text.includes(other), other);
  assert.equal(text.split('一年来召开常委会会议8次').length, 2, 'said once');
  assert.ok(languages.every((language) => /^zh/i.test(language)), languages.join());
  assert.equal(await pressed(page), 'false', 'at the end the button is up again');
  await leave(page);
});

test('reading aloud stops when the button is pressed again, and starts anew', async () => {
  const page = await listen();
  await page.click('[data-read-aloud]');
  await page.evaluate(() => window.finish());
  const before = await page.evaluate(() => window.cancelled);
  await page.click('[data-read-aloud]');
  assert.equal(await pressed(page), 'false');
  assert.ok((await page.evaluate(() => window.cancelled)) > before);
  const said = await page.evaluate(() => { window.finish(); return window.spoken.length; });
  assert.equal(await page.evaluate(() => { window.finish(); return window.spoken.length; }), said, 'silence');
  await page.click('[data-read-aloud]');
  assert.equal(await pressed(page), 'true');
  assert.ok((await page.evaluate(() => window.spoken.length)) > said);
  await leave(page);
});

test('nobody is read to after leaving the page', async () => {
  const page = await listen();
  await page.click('[data-read-aloud]');
  const cancelled = await page.evaluate(() => {
    const before = window.cancelled;
    dispatchEvent(new PageTransitionEvent('pagehide'));
    return window.cancelled - before;
  });
  assert.ok(cancelled > 0);
  await leave(page);
});

test('without a voice there is no button for reading aloud', async () => {
  const page = await reader(open, open.cases);
  await page.addInitScript(() => { delete window.speechSynthesis; });
  await visit(page, open.cases, REPORT);
  assert.equal(await page.evaluate(() => 'speechSynthesis' in window), false);
  assert.equal(await page.$$eval('[data-read-aloud]', (buttons) => buttons.filter((button) => button.checkVisibility()).length), 0);
  assert.equal(await page.$$eval('[data-read-aloud]', (buttons) => buttons.length), 1);
  await leave(page);
});

test('the button for printing prints, with the day on the sheet', async () => {
  const page = await reader(open, open.cases, { timezoneId: 'Asia/Shanghai' });
  await page.addInitScript(() => { window.prints = 0; window.print = () => { window.prints += 1; dispatchEvent(new Event('beforeprint')); }; });
  await visit(page, open.cases, REPORT);
  await page.click('[data-print]');
  assert.equal(await page.evaluate(() => window.prints), 1);
  const day = await page.textContent('[data-printed]');
  const today = await page.evaluate(() => { const now = new Date(); return [now.getFullYear(), now.getMonth() + 1, now.getDate()]; });
  assert.deepEqual(day.match(/\d+/g)?.slice(0, 3).map(Number), today, day);
  await leave(page);
});

/** In the page: which entry of the contents is marked, and is its part of the article in view? */
function reading() {
  // Deeper headings are left out of the contents.
  const links = [...document.querySelectorAll('[data-toc] > ol > li > a, [data-toc] > ol > li > ol > li > a')];
  const places = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))).getBoundingClientRect().top);
  const marked = links.flatMap((link, n) => (link.getAttribute('aria-current') === 'true' ? [n] : []));
  const inView = (n) => places[n] < innerHeight && (places[n + 1] ?? innerHeight) > 0;
  return { entries: links.length, marked, inView: marked.every(inView), begun: places[0] < innerHeight / 2 };
}

for (const screen of [pages.phone, pages.desktop]) {
  test(`the contents mark the one part that is being read (${screen.name})`, async () => {
    const page = await reader(open, open.cases, { screen });
    await visit(page, open.cases, REPORT);
    const end = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    const seen = [];
    let all = 0;
    for (let y = 0; y <= end; y += end / 24) {
      await page.evaluate((y) => scrollTo(0, y), y);
      // The page looks in the frame that scrolls; at the second one it has looked, however slow the machine is.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const { entries, marked, inView, begun } = await page.evaluate(reading);
      // Above the first heading nothing is being read, or all of it.
      if (!begun) continue;
      assert.equal(marked.length, 1, `${marked.length} marked at ${y} px`);
      assert.ok(inView, `at ${y} px entry ${marked} is marked, which is not in view`);
      seen.push(marked[0]);
      all = entries;
    }
    assert.deepEqual(seen, [...seen].sort((a, b) => a - b), 'downwards');
    // A short last part may be passed over between two looks.
    assert.ok(all >= 3 && new Set(seen).size >= all / 2, `${seen} of ${all}`);
    await leave(page);
  });
}

// `## 甲 {#50%}`: an id that cannot be decoded.
for (const id of ['50%', '%E4%', '%41']) {
  test(`a heading called ${id} keeps no tool from the reader`, async () => {
    const page = await reader(open, open.cases);
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.addInitScript(voice);
    await page.route('**/annual/**', async (route) => {
      if (route.request().resourceType() !== 'document') return route.continue();
      const response = await route.fetch();
      const html = await response.text();
      const last = html.match(/<details data-toc[^]*?<\/details>/)[0].match(/href="#([^"]+)"/g).at(-1).slice(7, -1);
      return route.fulfill({ response, body: html.replaceAll(`"#${last}"`, `"#${id}"`).replaceAll(`id="${last}"`, `id="${id}"`) });
    });
    await visit(page, open.cases, REPORT);
    assert.ok(await page.isVisible('[data-read-aloud]') && await page.isVisible('[data-print]'));
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await page.waitForSelector(`[data-toc] a[href="#${id}"][aria-current]`, { state: 'attached' });
    assert.deepEqual(errors, []);
    await leave(page);
  });
}
