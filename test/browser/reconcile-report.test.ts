/** What only a browser shows of the page of `reconcile --report`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReconcileResult } from '../../src/domain/reconcile-result.ts';
import { reportPage } from '../../src/output/reconcile/report/page.ts';
import { FROM, factsOf, HOSTILE, HOUR, listed, recoveredOf, resultOf } from '../support/incident.ts';
import { hasChromium, launchChromium, WITH_CHROMIUM } from './chromium.ts';

const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const hostile = HOSTILE.map((text, n) => {
  const names = { id: text, type: text, organizationId: text };
  return { ...names, createdAtMs: FROM + (n * HOUR) / 2, verdict: 'missing' } as const;
});
const RESULTS: Readonly<Record<string, ReconcileResult>> = {
  'missing events': resultOf(listed()),
  'recovered events': recoveredOf(listed()),
  'two days': resultOf(listed(200, 46), {
    window: { fromMs: FROM - 12 * HOUR, toMs: FROM + 34 * HOUR, leftOut: [] },
  }),
  'an empty window': resultOf([]),
  'hostile names': resultOf(hostile, {
    ...{ strays: hostile, stream: HOSTILE.join(''), acted: 'yes' },
    bySink: new Map([[HOSTILE.join(''), { events: 1, delivered: 1, pending: 0, dead: 0 }]]),
  }),
};
const NAMES = Object.keys(RESULTS);
const HOSTILE_FACTS = factsOf({
  command: `workos-events ${HOSTILE.join(' ')}`,
  nextSteps: HOSTILE,
  processed: HOSTILE.join(),
});

describe.skipIf(!hasChromium)(WITH_CHROMIUM, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), 'workos-events-browser-'));
    for (const [name, result] of Object.entries(RESULTS)) {
      writeFileSync(
        join(folder, `${name}.html`),
        reportPage(result, name === 'hostile names' ? HOSTILE_FACTS : factsOf()),
      );
    }
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a page, and holds afterwards that it asked for nothing but itself and complained of nothing. */
  async function opened(
    name: string,
    options: BrowserContextOptions,
    see: (page: Page) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext({ viewport: DESK, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    const { href } = pathToFileURL(join(folder, `${name}.html`));
    await page.goto(href);
    await see(page);
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [href] });
    await context.close();
  }

  test.each(NAMES)('%s: a phone need not scroll sideways', async (name) => {
    await opened(name, { viewport: PHONE }, async (page) => {
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      // Nor does anything stand out of the page unseen.
      const { left, right } = await page.evaluate<Edges>(EDGES);
      expect([left >= 0, right <= PHONE.width]).toEqual([true, true]);
    });
  });

  test.each([
    'light',
    'dark',
  ] as const)('%s: as the system is, and every text can be read on it', async (colorScheme) => {
    for (const name of ['recovered events', 'hostile names']) {
      await opened(name, { colorScheme }, async (page) => {
        const { ground, faintest } = await page.evaluate<Contrasts>(CONTRASTS);
        if (colorScheme === 'dark') expect(ground).toBeLessThan(0.02);
        else expect(ground).toBeGreaterThan(0.9);
        expect(faintest).toMatchObject({ ratio: expect.any(Number) });
        expect(faintest.ratio, faintest.text).toBeGreaterThanOrEqual(4.5);
      });
    }
  });

  test('events with hostile names run nothing and change nothing', async () => {
    await opened('hostile names', {}, async (page) => {
      expect(await page.evaluate('window.harmed')).toBeUndefined();
      expect(await page.locator('script, img, b, i, body style').count()).toBe(0);
      expect(await page.locator('h1').allTextContents()).toEqual(['13 of 13 events were missing']);
      expect(await page.locator('td.id').first().textContent()).toBe('<script>window.harmed = 1</script>');
      expect(await page.title()).toMatch(/^13 of 13 events were missing, /);
    });
  });

  test('were there a hole in it all the same, the policy of the page would hold', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(folder, 'missing events.html')).href);
    expect(await page.evaluate(BREAK_IN)).toEqual([
      'img-src',
      'script-src-attr',
      'script-src-elem',
      'style-src-attr',
    ]);
    expect(await page.evaluate('window.harmed')).toBeUndefined();
    await context.close();
  });

  test('the picture has a name, words, patterns that differ, and a table', async () => {
    await opened('missing events', {}, async (page) => {
      const picture = page.getByRole('img', { name: 'Events over time' });
      expect(await picture.count()).toBe(1);
      expect(await picture.locator('desc').textContent()).toContain('15 missing, in 6 of them');
      const fill = (fate: string) =>
        page.evaluate(`getComputedStyle(document.querySelector('.timeline .fate-${fate}')).fill`);
      expect(await fill('missing')).toContain('#missing');
      expect(await fill('processed')).toMatch(/^rgb/);
      const table = page.locator('details table');
      expect(await table.isVisible()).toBe(false);
      await page.getByText('The same in numbers').click();
      expect(await table.isVisible()).toBe(true);
      expect(await table.locator('tbody tr').count()).toBe(49);
    });
  });

  test.each([
    'light',
    'dark',
  ] as const)('on paper it is light, also from a %s screen, and fits', async (colorScheme) => {
    await opened(
      'recovered events',
      { colorScheme, viewport: { width: 700, height: 1000 } },
      async (page) => {
        await page.emulateMedia({ media: 'print' });
        const { ground, faintest } = await page.evaluate<Contrasts>(CONTRASTS);
        expect(ground).toBe(1);
        expect(faintest.ratio, faintest.text).toBeGreaterThanOrEqual(4.5);
        expect((await page.evaluate<Edges>(EDGES)).right).toBeLessThanOrEqual(700);
        expect(await page.locator('summary').isVisible()).toBe(false);
        expect(
          String(await page.pdf({ format: 'A4' })).match(/\/Type \/Page\b/g)?.length,
        ).toBeLessThanOrEqual(3);
      },
    );
  });
});

interface Edges {
  readonly left: number;
  readonly right: number;
}

/** What stands furthest out to the left and to the right. */
const EDGES = `(() => {
  const boxes = [...document.querySelectorAll('body *')].map((element) => element.getBoundingClientRect());
  return {
    left: Math.min(...boxes.map(({ left }) => Math.floor(left))),
    right: Math.max(...boxes.map(({ right }) => Math.ceil(right))),
  };
})()`;

interface Contrasts {
  /** How light the page is, 0 to 1. */
  readonly ground: number;
  readonly faintest: { readonly ratio: number; readonly text: string };
}

/** As WCAG has them, of every element with text of its own. */
const CONTRASTS = `(() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = light(getComputedStyle(document.documentElement).backgroundColor);
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
  const seen = [...document.querySelectorAll('body *')].filter((element) => hasText(element) && element.checkVisibility());
  const ratios = seen.filter((element) => !/^(title|desc)$/.test(element.tagName)).map((element) => {
    const { color, fill } = getComputedStyle(element);
    const ink = light(element.tagName === 'text' ? fill : color);
    const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    return { ratio, text: element.textContent.slice(0, 80) };
  });
  return { ground, faintest: ratios.reduce((a, b) => (a.ratio < b.ratio ? a : b)) };
})()`;

/** What a hole would let in; answers what was refused. */
const BREAK_IN = `new Promise((resolve) => {
  const refused = new Set();
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
    refused.add(effectiveDirective);
    if (refused.size === 4) resolve([...refused].sort());
  });
  const hole = document.createElement('div');
  hole.innerHTML = '<img src="https://elsewhere.example/x.png"><p onclick="window.harmed = 1" style="color: red">x</p>';
  document.body.append(hole);
  hole.querySelector('p').click();
  const script = document.createElement('script');
  script.textContent = 'window.harmed = 1';
  document.body.append(script);
})`;
