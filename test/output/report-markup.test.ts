import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { code, figure, html, Markup, typed } from '../../src/output/reconcile/report/markup.ts';

describe('what is put into markup is text', () => {
  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    [`" onerror='alert(1)'`, '&quot; onerror=&#39;alert(1)&#39;'],
    ['a & b &amp; c', 'a &amp; b &amp;amp; c'],
    ['\u0000\u001b[31m\r\n\t', '\\u0000\\u001b[31m\\u000d\\u000a\\u0009'],
    ['\u202egpj.exe\u2066', '\\u202egpj.exe\\u2066'],
    ['\u2028\u2029\ufeff', '\\u2028\\u2029\\ufeff'],
    ['\ud800 and \udfff', '\\ud800 and \\udfff'],
    ['Zoë 東京 🎉', 'Zoë 東京 🎉'],
    ['sk_live_canary_0123456789', 'sk_live_…6789'],
  ])('%j', (text, shown) => {
    expect(html`<p title="${text}">${text}</p>`.text).toBe(`<p title="${shown}">${shown}</p>`);
  });

  test('whatever it is, it opens no tag and closes no attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: page } = html`<p title="${text}">${text}</p>`;
        expect(page).toMatch(/^<p title="[^"<>]*">[^<>"]*<\/p>$/);
        expect(Buffer.from(page).toString()).toBe(page);
      }),
    );
  });
});

test('markup in markup stays as it is, lists are their parts, undefined is nothing', () => {
  const item = html`<li>${'<'}</li>`;
  expect(html`<ul>${[item, [item, undefined], 7]}</ul>${undefined}`.text).toBe(
    '<ul><li>&lt;</li><li>&lt;</li>7</ul>',
  );
  expect(html`${new Markup('<hr>')}`.text).toBe('<hr>');
});

test('a name of megabytes shows its ends', () => {
  const { text } = code(`<${'a'.repeat(5_000_000)}z>`);
  expect(text).toMatch(/^<code>&lt;a+…a+z&gt;<\/code>$/);
  expect(text.length).toBeLessThan(200);
  expect(code('').text).toBe('<code>&quot;&quot;</code>');
});

test('a command is whole when it is copied', () => {
  const { text } = typed("workos-events reconcile --events 'dsync.*'");
  expect(text.replace(/<[^>]*>/g, '')).toBe('workos-events reconcile --events &#39;dsync.*&#39;');
});

test('a number tells its column', () => {
  expect(figure('Missing', 1234).text).toBe('<td data-label="Missing">1,234</td>');
  expect(figure('Missing', 0).text).toBe('<td data-label="Missing" class="none">0</td>');
});
