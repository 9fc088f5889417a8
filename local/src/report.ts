/** What a person is told at the end. The only place that prints a token or a password, and they are local ones. */
import { relative } from 'node:path';
import { ROOT } from './options.ts';
import type { Outputs } from './outputs.ts';
import type { Progress } from './progress.ts';
import type { VendedToken } from './vend.ts';

/** What was done, to be told. */
export interface Done {
  readonly outputs: Outputs;
  readonly outputsFile: string;
  readonly token: VendedToken;
  /** Whose token it is; left out in Open mode. */
  readonly username?: string | undefined;
  /** What was done with the token, `undefined` if the grant has nothing that could be tried. */
  readonly proof: string | undefined;
  readonly curl: string;
}

/** Prints it: the token, how to get another, and what next. */
export function report(done: Done, progress: Progress): void {
  const { outputs, token } = done;
  const lines: [string, string][] = [
    [done.username === undefined ? 'Token' : `Token of ${done.username}`, token.authToken],
    ['Expires', expiry(token.expiresAt)],
    ['Tried', done.proof ?? 'nothing: the grant has nothing that could be tried from here'],
    ...places(outputs),
  ];
  progress.say();
  for (const [name, value] of lines) progress.say(`${progress.strong(name.padEnd(10))} ${value}`);
  sayUsers(outputs, progress);
  progress.say();
  progress.say(progress.strong('Another token'));
  progress.say(`  ${done.curl}`);
  progress.say();
  progress.say(progress.strong('Next'));
  for (const line of next(done.outputsFile)) progress.say(`  ${line}`);
}

/** What was deployed for callers whose tokens come from elsewhere. */
export interface Deployed {
  readonly outputs: Outputs;
  readonly outputsFile: string;
  /** Who issues their tokens. */
  readonly issuer: string;
}

/** Prints how to get a token where only the issuer's users can. */
export function reportSignIn({ outputs, outputsFile, issuer }: Deployed, progress: Progress): void {
  progress.say();
  for (const [name, value] of places(outputs)) progress.say(`${progress.strong(name.padEnd(10))} ${value}`);
  progress.say();
  progress.say(progress.strong('A token'));
  progress.say(`  Sign in at ${issuer}, and send its token:`);
  progress.say(`  curl -sS -H 'Authorization: Bearer TOKEN' ${outputs.Endpoint}`);
  progress.say();
  progress.say(progress.strong('Next'));
  for (const line of next(outputsFile)) progress.say(`  ${line}`);
}

function places(outputs: Outputs): [string, string][] {
  return [
    ['Endpoint', outputs.Endpoint],
    ['Mode', outputs.AuthMode],
    ['Momento', outputs.MomentoEndpoint],
    ...(outputs.ChatUrl === undefined ? [] : [['Chat', outputs.ChatUrl] satisfies [string, string]]),
  ];
}

function sayUsers({ ChatUrl, DemoUsers }: Outputs, progress: Progress): void {
  if (DemoUsers === undefined) return;
  const width = Math.max(...DemoUsers.map((user) => user.username.length));
  progress.say();
  progress.say(progress.strong('Demo users (username, password, groups)'));
  for (const { username, password, groups } of DemoUsers) {
    progress.say(`  ${username.padEnd(width)}  ${password}  ${groups.join(', ')}`);
  }
  const [one, other = one] = DemoUsers;
  if (ChatUrl === undefined || one === undefined || other === undefined) return;
  progress.say(
    `  Open the chat in two tabs: sign in as ${one.username} in the one, as ${other.username} in the other.`,
  );
}

function next(outputsFile: string): string[] {
  return [
    'make local AUTH=LambdaAuthorizer   another mode: Open, LambdaAuthorizer, AmazonCognito',
    'config/tvm.toml                    who may ask and what they may do; then make local again',
    `${relative(ROOT, outputsFile).padEnd(34)} all of this, for programs`,
    'make local-stop                    ends the emulator, the local Momento and the chat page',
  ];
}

function expiry(epochSeconds: number): string {
  const minutes = Math.round((epochSeconds * 1000 - Date.now()) / 60_000);
  return `${new Date(epochSeconds * 1000).toISOString()} (in ${minutes} min)`;
}
