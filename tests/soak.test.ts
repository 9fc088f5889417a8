/** What `make soak` makes of what it counted, and of what it is told. The run itself is not here: it takes minutes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tally } from './browser/page/soak.ts';
import { optionsFrom } from './soak/options.ts';
import { type Counted, isGood, table } from './soak/report.ts';

const TALLY: Tally = {
  got: 20,
  lost: 0,
  twice: 0,
  disordered: 0,
  gaps: 0,
  reconnected: 0,
  ended: 0,
  tokens: ['a', 'b'],
  troubles: [],
};
const COUNTED: Counted = {
  subscribers: 4,
  published: { last: 11, failed: [7] },
  tabs: [TALLY, { ...TALLY, tokens: ['b', 'c'] }],
  minted: 3,
  streams: 12,
};

test('a run is good when nothing was lost and nothing came twice, and something was published', () => {
  assert.equal(isGood(COUNTED), true);
  assert.equal(isGood({ ...COUNTED, tabs: [TALLY, { ...TALLY, lost: 1 }] }), false);
  assert.equal(isGood({ ...COUNTED, tabs: [TALLY, { ...TALLY, twice: 1 }] }), false);
  assert.equal(isGood({ ...COUNTED, published: { last: 0, failed: [] } }), false);
});

test('the table adds the tabs up, and counts a token that several have once', () => {
  const rows = table(COUNTED).split('\n');
  for (const row of ['published | 10', 'deliveries expected | 40', 'deliveries | 40', 'tokens used | 3', 'stream | 8'])
    assert.ok(
      rows.some((line) => line.includes(` ${row} |`) || line.includes(`| ${row} |`)),
      row,
    );
});

test('what is left out has a default, and what is no number above 0 is an error', () => {
  assert.deepEqual(optionsFrom([]), { minutes: 10, subscribers: 50, rate: 20, tokenSeconds: 20 });
  assert.equal(optionsFrom(['--minutes', '0.5']).minutes, 0.5);
  for (const args of [
    ['--minutes', '0'],
    ['--rate', 'x'],
    ['--subscribers', '1.5'],
    ['--hours', '1'],
  ])
    assert.throws(() => optionsFrom(args), /--/);
});
