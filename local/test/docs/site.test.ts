/** What `make docs` gives to mkdocs. Not here: mkdocs, which checks every link and is no part of `make setup`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documents, read } from '../../src/docs/documents.ts';
import { forSite, type Kind, navigation } from '../../src/docs/site.ts';

const KINDS: Record<string, Kind> = {
  'docs/users.md': 'page',
  'web/client': 'folder',
  'web/client/README.md': 'page',
  'crates/policy': 'folder',
  'config/tvm.toml': 'file',
};
const inDocs = (text: string) => forSite('docs/faq.md', text, (path) => KINDS[path]);

test('a folder is linked by its README, and what is not on the site by its label alone', () => {
  assert.equal(inDocs('[the client](../web/client)'), '[the client](../web/client/README.md)');
  assert.equal(inDocs('[the policy](../crates/policy), [a file](../config/tvm.toml)'), 'the policy, a file');
});

test('other links stay, and so do those that lead nowhere, for mkdocs to refuse', () => {
  for (const link of [
    '[a](users.md#passwords)',
    '[b](#here)',
    '[c](https://example.com)',
    '![d](cost.svg)',
    '[e](gone.md)',
  ]) {
    assert.equal(inDocs(link), link);
  }
});

test('the contents are the navigation, in their order', () => {
  assert.deepEqual(navigation('# Title\n\nText.\n\n**Use it:** [first page](a.md) ·\n[b](../B.md)\n'), [
    { Start: 'README.md' },
    { 'Use it': [{ 'First page': 'docs/a.md' }, { B: 'B.md' }] },
  ]);
});

test('the contents name every document of docs/', () => {
  const named = JSON.stringify(navigation(read('docs/README.md')));
  const missing = documents().filter((path) => /^docs\/[^/]+\.md$/.test(path) && !named.includes(`"${path}"`));
  assert.deepEqual(missing, ['docs/README.md']);
});
