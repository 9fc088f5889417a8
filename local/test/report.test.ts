import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../src/options.ts';
import type { DemoUser, Outputs } from '../src/outputs.ts';
import { Progress } from '../src/progress.ts';
import { appVariables, type Done, report } from '../src/report.ts';
import { OUTPUTS, Transcript } from './fixtures.ts';

const SERVED: Outputs = { ...OUTPUTS, AuthMode: 'LambdaAuthorizer', ChatUrl: 'http://127.0.0.1:8990/' };

function told(outputs: Outputs, more: Partial<Done> = {}): string {
  const screen = new Transcript();
  const outputsFile = join(ROOT, '.local/outputs.json');
  report({ outputs, outputsFile, said: {}, ...more }, new Progress(screen, {}));
  return screen.text;
}

const user = (username: string): DemoUser => ({ username, password: `${username}-pw`, groups: [] });

test('the chat page is named first, and where there are users, one to sign in as and where the others are', () => {
  const users = [user('ada'), user('bob'), user('eve')];
  const [ada] = users;
  const text = told({ ...SERVED, DemoUsers: users }, { user: ada });
  assert.match(text, /^\nChat +http:\/\/127\.0\.0\.1:8990\/\nSign in +ada, password ada-pw; 2 more are in \.local\//);
  assert.doesNotMatch(text, /bob|eve\b/);
  assert.match(
    told({ ...SERVED, DemoUsers: [user('demo')] }, { user: user('demo') }),
    /^Sign in +demo, password demo-pw$/m,
  );
  assert.doesNotMatch(told({ ...SERVED, AuthMode: 'Open' }), /Sign in/);
});

test('where no chat page is served, none is spoken of', () => {
  const { ChatUrl: _, ...outputs } = SERVED;
  assert.doesNotMatch(told(outputs), /^Chat /m);
});

test("an app of one's own is told the endpoint and the local Momento, each kind by variables that reach its pages", () => {
  const text = told(SERVED);
  const at = 'http://127.0.0.1:1/prod/';
  const momento = 'http://127.0.0.1:2';
  assert.ok(text.includes(`Vite     VITE_TVM_ENDPOINT=${at} VITE_MOMENTO_ENDPOINT=${momento} npm run dev\n`), text);
  assert.ok(text.includes(`NEXT_PUBLIC_TVM_ENDPOINT=${at} NEXT_PUBLIC_MOMENTO_ENDPOINT=${momento} npm run dev\n`));
  assert.ok(text.includes(`Node     TVM_ENDPOINT=${at} MOMENTO_ENDPOINT=${momento} node app.js\n`));
});

test("the page about an app of one's own, and the quick start, name the variables that are printed", () => {
  const names = appVariables(SERVED).flatMap(([, line]) => line.match(/\w+(?==)/g) ?? []);
  assert.equal(names.length, 6);
  const page = readFileSync(join(ROOT, 'docs/your-own-app.md'), 'utf8');
  assert.deepEqual(
    names.filter((name) => !page.includes(name)),
    [],
  );
  const vite = names.filter((name) => name.startsWith('VITE_'));
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  assert.deepEqual(
    vite.filter((name) => !readme.includes(`${name}=`)),
    [],
  );
});

test('every make local that is printed says again what was said, and the ports in force', () => {
  const said = { AUTH: 'Open', TVM_CONFIG: 'my files/tvm.toml', TVM_MOMENTO_PORT: '8981' };
  const lines = told(SERVED, { said }).match(/make local [A-Z].*?(?= {3}|$)/gm) ?? [];
  assert.deepEqual(lines, [
    "make local AUTH=AmazonCognito TVM_CONFIG='my files/tvm.toml' TVM_MOMENTO_PORT=8981",
    "make local AUTH=Open TVM_CONFIG='my files/tvm.toml' TVM_MOMENTO_PORT=8981",
  ]);
});

test('with an issuer, sign-in is there, and no token is promised here', () => {
  const text = told(SERVED, { issuer: 'https://id.example.com' });
  assert.match(text, /^Sign in +at https:\/\/id\.example\.com; callers send its token$/m);
  assert.doesNotMatch(text, /local-token/);
});
