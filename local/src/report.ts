/** What a person is told at the end of `make local`. It prints a password of a demo user, and no token. */
import { relative } from 'node:path';
import { makeLine } from './claims.ts';
import { ROOT } from './options.ts';
import type { DemoUser, Outputs } from './outputs.ts';
import type { Progress } from './progress.ts';

/** What was done, to be told. */
export interface Done {
  readonly outputs: Outputs;
  readonly outputsFile: string;
  /** What was said to `make`, and the ports in force where they are not the usual ones: every line that is printed repeats it. */
  readonly said: Readonly<Record<string, string>>;
  /**
   * Whom to sign in as.
   * @default - nobody: Open mode, or the users are an issuer's
   */
  readonly user?: DemoUser | undefined;
  /**
   * Who issues the callers' tokens.
   * @default - nobody but the machine itself
   */
  readonly issuer?: string;
}

/** Prints it: where the chat is, whom to sign in as, how an app of one's own finds all this, and what next. */
export function report(done: Done, progress: Progress): void {
  const { outputs } = done;
  progress.say();
  for (const [name, value] of places(done)) progress.say(`${progress.strong(name.padEnd(9))} ${value}`);
  progress.say();
  progress.say(progress.strong('Your own app, with these variables in its environment (docs/your-own-app.md)'));
  for (const [kind, variables] of appVariables(outputs)) progress.say(`  ${kind.padEnd(8)} ${variables}`);
  progress.say();
  progress.say(progress.strong('Next'));
  const lines = next(done);
  const width = Math.max(...lines.map(([line]) => line.length));
  for (const [line, about] of lines) progress.say(`  ${line.padEnd(width)}   ${about}`);
}

function places({ issuer, outputs, outputsFile, user }: Done): [string, string][] {
  const { AuthMode, ChatUrl, DemoUsers = [], Endpoint } = outputs;
  const others = DemoUsers.length - 1;
  const more =
    others > 0 ? `; ${others === 1 ? 'another user is' : `${others} more are`} in ${shown(outputsFile)}` : '';
  return [
    ...(ChatUrl === undefined ? [] : [['Chat', ChatUrl] satisfies [string, string]]),
    ...(user === undefined
      ? []
      : [['Sign in', `${user.username}, password ${user.password}${more}`] as [string, string]]),
    ...(issuer === undefined ? [] : [['Sign in', `at ${issuer}; callers send its token`] as [string, string]]),
    ['Endpoint', `${Endpoint} (${AuthMode})`],
  ];
}

/** The variables by which an app finds the endpoint and the local Momento: bundlers give pages only those of their own prefix. */
export function appVariables({
  Endpoint,
  MomentoEndpoint,
}: Outputs): readonly (readonly [kind: string, line: string])[] {
  const line = (prefix: string) => `${prefix}TVM_ENDPOINT=${Endpoint} ${prefix}MOMENTO_ENDPOINT=${MomentoEndpoint}`;
  return [
    ['Vite', `${line('VITE_')} npm run dev`],
    ['Next.js', `${line('NEXT_PUBLIC_')} npm run dev`],
    ['Node', `${line('')} node app.js`],
  ];
}

function next({ issuer, outputs, outputsFile, said }: Done): (readonly [string, string])[] {
  const other = outputs.AuthMode === 'AmazonCognito' ? 'LambdaAuthorizer' : 'AmazonCognito';
  return [
    ...(issuer === undefined
      ? [['make local-token', 'prints a token, and the curl line that asks for one'] as const]
      : []),
    [makeLine('local', { ...said, AUTH: other }), 'another mode: Open, LambdaAuthorizer, AmazonCognito'],
    [said['TVM_CONFIG'] ?? 'config/tvm.toml', `what callers may do; after a change: ${makeLine('local', said)}`],
    [shown(outputsFile), 'all of this, and every demo user, for programs'],
    ['make local-stop', 'stops the emulator, the local Momento and the chat page'],
  ];
}

function shown(file: string): string {
  return relative(ROOT, file);
}
