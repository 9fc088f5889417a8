/** The check of words in documents. Real: `npm run check:docs`, on a document that is planted in the repository. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { retiredWords } from '../../src/docs/prose.ts';
import { ROOT } from '../../src/options.ts';

const words = (markdown: string) => retiredWords(markdown).map(({ text }) => text);

test('it finds each kind of retired word', () => {
  for (const [sentence, word] of [
    ['Each with its mend.', 'mend'],
    ['The file beside it.', 'beside'],
    ['All but for\none.', 'but for'],
    ['No oftener than that.', 'oftener'],
    ['Whoever may read it can sign.', 'Whoever'],
    ['Somebody asks.', 'Somebody'],
    ["A token of one’s own, or of one's own.", "one's own"],
    ['A value that is no key.', 'is no key'],
    ['API Gateway wants a scope.', 'wants'],
    ['It ends then. Who loses a right keeps it.', 'Who loses a right keeps it.'],
  ] as const) {
    assert.deepEqual(words(sentence), [word]);
  }
});

test('it leaves good English, code and addresses alone', () => {
  for (const sentence of [
    'There is no key. It is no longer there.',
    'Besides, a recommendation.',
    'Who is the caller? The operator who asks.',
    'It prints `mend: …`.',
    '```text\nmend: this\n```',
    '[a link](https://example.com/beside)',
    '<!-- beside -->',
  ]) {
    assert.deepEqual(words(sentence), [], sentence);
  }
});

test('it says the line', () => {
  const markdown = '# A title\n\n```sh\nmend\n```\n\nThe file beside it.\n';
  assert.deepEqual(
    retiredWords(markdown).map(({ line }) => line),
    [7],
  );
});

test('the check fails on a word in a new document, and says what to write', () => {
  const planted = join(ROOT, 'docs', 'planted-by-a-test.md');
  writeFileSync(planted, '# Planted\n\nThis mends it.\n');
  try {
    const { status, stderr } = spawnSync('npm', ['run', '--silent', 'check:docs'], { cwd: ROOT, encoding: 'utf8' });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^docs\/planted-by-a-test\.md:3: "mends": write "fix"$/m);
  } finally {
    rmSync(planted);
  }
});
