import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DemoUser, Outputs } from '../src/outputs.ts';
import { Progress } from '../src/progress.ts';
import { type Done, report } from '../src/report.ts';
import { OUTPUTS, Transcript } from './fixtures.ts';

const SERVED: Outputs = { ...OUTPUTS, AuthMode: 'LambdaAuthorizer', ChatUrl: 'http://127.0.0.1:8990/' };

function told(outputs: Outputs): string {
  const screen = new Transcript();
  const done: Done = {
    outputs,
    outputsFile: '/x/outputs.json',
    token: { authToken: 't', expiresAt: 0 },
    proof: undefined,
    curl: 'curl',
  };
  report(done, new Progress(screen, {}));
  return screen.text;
}

const user = (username: string): DemoUser => ({ username, password: 'p', groups: [] });

test('the chat page is named, and where there are users, whom to sign in as', () => {
  assert.match(told(SERVED), /^Chat +http:\/\/127\.0\.0\.1:8990\/$/m);
  assert.doesNotMatch(told(SERVED), /two tabs/);
  const two = told({ ...SERVED, DemoUsers: [user('ada'), user('bob'), user('eve')] });
  assert.match(two, /Open the chat in two tabs: sign in as ada in the one, as bob in the other\./);
  assert.match(told({ ...SERVED, DemoUsers: [user('demo')] }), /sign in as demo in the one, as demo in the other\./);
});

test('where no chat page is served, none is spoken of', () => {
  const { ChatUrl: _, ...outputs } = SERVED;
  assert.doesNotMatch(told({ ...outputs, DemoUsers: [user('ada'), user('bob')] }), /^Chat |Open the chat/m);
});
