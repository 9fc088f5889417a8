/** The built package, as an app sees it: real compiler, real build. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const APP = join(ROOT, 'dist', '.app');

/** What the README shows, with its types spelt out. */
const SOURCE = `
import { Caches, type Message, open, type Token, TokenError, TokenSource, Topics } from '@token-vending-machine/client';
import { type TokenState, useToken, useTopic } from '@token-vending-machine/client/react';
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
export function Room({ topics }: { topics: Topics }): string {
  const { token, error }: TokenState = useToken(tokens);
  const { messages, state, publish } = useTopic(topics, 'cache', 'room', { keep: 50, onGap: ({ missed }) => console.log(missed) });
  void publish(error?.kind ?? state);
  return (token?.authToken ?? '') + messages.length;
}
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

test('its hooks are found by their entry, and no other module of it imports React', async () => {
  const name: string = '@token-vending-machine/client/react';
  const { useToken, useTopic } = await import(name);
  assert.deepEqual([typeof useToken, typeof useTopic], ['function', 'function']);
  const dist = join(ROOT, 'dist');
  const modules = readdirSync(dist).filter((file) => file.endsWith('.js'));
  const withReact = modules.filter((file) => /from ["']react["']/.test(readFileSync(join(dist, file), 'utf8')));
  assert.deepEqual(withReact, ['react.js']);
  assert.match(
    readFileSync(join(dist, 'react.js'), 'utf8'),
    /^['"]use client['"]/,
    'for servers that render components',
  );
});
