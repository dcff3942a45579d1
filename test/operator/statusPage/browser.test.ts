import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { RunningServer } from '../../../src/operator/server.ts';
import { serveStatusPage } from '../../../src/operator/statusPage/statusServer.ts';
import { contribution } from '../../core/tallies.ts';
import { startBrowser } from '../../support/browser.ts';
import { eventually } from '../../support/eventually.ts';
import type { Known } from './cluster.ts';
import { BAD, knownCluster, REPORT, reportEntry } from './cluster.ts';

const NAMESPACES = 10_000;
/** With SCREENSHOTS=1 the pictures of the docs are taken anew. */
const IMAGES = join(import.meta.dirname, '../../../docs/images');

describe('The status page in a browser, at 10,000 namespaces', function () {
  this.timeout(120_000);
  let known: Known;
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  before(async () => {
    known = knownCluster();
    for (let n = 0; n < NAMESPACES; n++) known.look(`team-${n}`, lookAt(n));
    known.look('payments', contribution('drifted', { findings: [BAD] }));
    known.index.set(reportEntry('payments', REPORT), reportEntry('team-7', HOSTILE));
    server = await serveStatusPage({ host: undefined, port: 0 }, known);
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1200, height: 800 }, colorScheme: 'light' });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    await page.goto(`http://${server.address}/`);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const reads = (selector: string, text: string | RegExp): Promise<unknown> =>
    eventually(async () => expect(await page.textContent(selector)).to.match(new RegExp(text)), { withinMs: 30_000 });
  /** The colour in the middle of a square of the wall. */
  const colourAt = (index: number): Promise<readonly number[]> =>
    page.evaluate(
      `(() => {
        const canvas = document.getElementById('canvas');
        const columns = Math.floor(canvas.clientWidth / 18);
        const [x, y] = [(${index} % columns) * 18 + 3, Math.floor(${index} / columns) * 18 + 3];
        return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data];
      })()`,
    );
  const picture = async (name: string): Promise<void> => {
    if (process.env.SCREENSHOTS === undefined) return;
    mkdirSync(IMAGES, { recursive: true });
    await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  };

  it('shows the wall of all namespaces, worst first, and each baseline', async () => {
    await reads('#shown', `^${NAMESPACES + 1}$`);
    await reads('#baselines', 'restricted.*Enforce.*True');
    await reads('#states', 'failed 1.*drifted 101.*compliant');
    expect(await page.textContent('#current')).to.match(/, failed, restricted$/);
    expect(await colourAt(0), 'failed is red').not.to.deep.equal(await colourAt(9_000));
    await picture('status-page-light');
  });

  it('follows what happens', async () => {
    known.look('team-1', contribution('failed'));
    await reads('#states', 'failed 2');
    known.look('team-1');
    await reads('#states', 'failed 1');
    known.ledger.forget('team-9999');
    await reads('#shown', `^${NAMESPACES}$`);
  });

  it('is used by keyboard alone: filter, walk, open a report, go back', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('payments');
    await reads('#shown', '^1 of ');
    await page.focus('#wall');
    await page.keyboard.press('Enter');
    await reads('#report-title', '^payments$');
    await reads('#report-body', 'ForeignPolicyOpensNamespace');
    await reads('#report-body', 'by *mallory');
    expect(page.url()).to.contain('#ns=payments');
    await picture('status-page-report');
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await page.isHidden('#report')).to.equal(true));
    await page.fill('#filter', '');
    await reads('#shown', `^${NAMESPACES}$`);
    await page.focus('#wall');
    expect(await page.textContent('#current'), 'it is where it was').to.match(/^payments,/);
    await page.keyboard.press('Home');
    const first = await page.textContent('#current');
    await page.keyboard.press('ArrowRight');
    const second = await page.textContent('#current');
    expect(second).not.to.equal(first);
    await page.keyboard.press('ArrowLeft');
    expect(await page.textContent('#current')).to.equal(first);
    await page.keyboard.press('End');
    expect(await page.textContent('#current')).to.match(/, compliant, /);
    expect(await page.evaluate('scrollY')).to.be.above(0);
    await page.keyboard.press('Home');
    expect(await page.textContent('#current')).to.equal(first);
  });

  it('shows only a state, or only a baseline', async () => {
    await page.click('button[data-pick="drifted"]');
    await reads('#shown', '^101 of ');
    expect(await page.getAttribute('button[data-pick="drifted"]', 'aria-pressed')).to.equal('true');
    await page.click('button[data-pick="drifted"]');
    await reads('#shown', `^${NAMESPACES}$`);
  });

  it('opens at the namespace that the address names, and takes what others wrote for text', async () => {
    await page.goto(`http://${server.address}/#ns=team-7`);
    await reads('#report-body', /<script>alert\(1\)<\/script>/);
    await reads('#report-body', /<img src=x onerror=alert\(1\)>/);
    expect(await page.locator('#report img, #report script').count()).to.equal(0);
    await page.click('#close');
  });

  it('is dark where the system is, and where one asks for it', async () => {
    const back = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await back();
    const square = await colourAt(9_000);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await back()).not.to.equal(light);
    await eventually(async () => expect(await colourAt(9_000), 'the wall, too').not.to.deep.equal(square));
    await page.evaluate('scrollTo(0, 0)');
    await picture('status-page-dark');
    await page.click('#theme');
    expect(await back()).to.equal(light);
    await page.reload();
    expect(await back(), 'it stays so').to.equal(light);
  });

  it('says when the operator is gone, and comes back by itself', async () => {
    await server.close();
    await reads('#connection', 'connection lost');
    const port = Number(server.address.split(':').at(-1));
    server = await serveStatusPage({ host: undefined, port }, known);
    await reads('#connection', '^live$');
  });

  it('gives the browser nothing to complain about: no error, and nothing that its policy refuses', () => {
    // The connection that the test cut is one.
    expect(complaints.filter((text) => !/ERR_(CONNECTION|INCOMPLETE)/.test(text))).to.deep.equal([]);
  });
});

/** What a tenant could make of it. */
const HOSTILE = {
  ...REPORT,
  summary: '<script>alert(1)</script>',
  lastDrift: { object: '<img src=x onerror=alert(1)>', change: 'modified', fields: [], manager: '"><b>', at: 'now' },
} as const;

function lookAt(n: number) {
  if (n === 4_321) return contribution('failed');
  if (n % 100 === 7) return contribution('drifted');
  return n % 500 === 3 ? contribution('unknown') : contribution();
}
