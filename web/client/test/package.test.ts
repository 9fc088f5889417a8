/** The built package, as an app sees it: real compiler, real build. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const APP = join(ROOT, 'dist', '.app');

/** What the README shows, with its types spelt out. */
const SOURCE = `
import { Caches, type Message, open, type Token, TokenError, TokenSource, Topics } from '@token-vending-machine/client';
import type { CacheGet } from '@gomomento/sdk-web';

const tokens = new TokenSource({ endpoint: '/token', access: open({ name: 'Taylor' }) });
const token: Token = await tokens.get({ signal: AbortSignal.timeout(1_000) });
const subscription = await new Topics(tokens).subscribe('cache', token.authToken, {
  onMessage: ({ value }: Message) => console.log(value),
  onGap: ({ missed }) => console.log((missed ?? 0) + 1),
});
subscription.unsubscribe();
const answer = await new Caches(tokens, { defaultTtlSeconds: 60 }).use((client) => client.get('cache', 'key'));
const narrowed: CacheGet.Hit | CacheGet.Miss = answer;
console.log(narrowed.value(), new TokenError('stopped', '').kind);
`;

const tsc = (...args: string[]) =>
  execFileSync(join(ROOT, '../../node_modules/.bin/tsc'), args, { cwd: ROOT, encoding: 'utf8' });

before(() => {
  tsc('-p', 'tsconfig.build.json');
  mkdirSync(APP, { recursive: true });
  writeFileSync(join(APP, 'app.mts'), SOURCE);
});
after(() => rmSync(APP, { recursive: true, force: true }));

for (const resolution of ['bundler', 'nodenext']) {
  test(`its types serve an app that resolves as ${resolution} does`, () => {
    const file = join(APP, 'tsconfig.json');
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: [],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module,
      moduleResolution: resolution,
    };
    writeFileSync(file, JSON.stringify({ compilerOptions, include: ['app.mts'] }));
    assert.equal(tsc('-p', file), '');
  });
}

test('it is found by its name, and its modules load', async () => {
  const name: string = '@token-vending-machine/client';
  const loaded = await import(name);
  for (const key of ['TokenSource', 'Topics', 'Caches', 'open', 'credentials', 'basic', 'bearer']) {
    assert.equal(typeof loaded[key], 'function', key);
  }
});
