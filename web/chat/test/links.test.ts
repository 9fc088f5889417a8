/** Which parts of a message can be opened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsOf } from '../src/model/links.ts';

/** A message, with each address of it in brackets. */
const MESSAGES: readonly [text: string, shown: string][] = [
  ['no address', 'no address'],
  ['', ''],
  [
    'see https://example.com/a?b=c#d, or (http://example.com).',
    'see [https://example.com/a?b=c#d], or ([http://example.com]).',
  ],
  ['https://example.com', '[https://example.com]'],
  ['javascript:alert(1) data:text/html,x ftp://example.com', 'javascript:alert(1) data:text/html,x ftp://example.com'],
  ['https:// and http://[ are none', 'https:// and http://[ are none'],
  ['<a href="https://example.com/">', '<a href="[https://example.com/]">'],
];

for (const [text, shown] of MESSAGES) {
  test(`the addresses in “${text}”`, () => {
    const parts = partsOf(text);
    assert.equal(parts.map((part) => (part.href === undefined ? part.text : `[${part.href}]`)).join(''), shown);
    assert.equal(parts.map((part) => part.text).join(''), text, 'nothing is lost');
  });
}
