/**
 * Callers who keep asking while a stack is changed under them, and what each was told, in the order in which it was.
 *
 * They ask one after the other, so that the moments at which they asked and were told can be compared: what was asked after an
 * answer was there can only be answered by the same machine or a later one.
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { AuthMode } from 'local';
import { vended } from './expect.ts';
import { ask } from './http.ts';

/** Who asks. */
export type Kind = 'strangers' | 'of the old mode' | 'of the new mode';

/** What a caller was told. */
export interface Told {
  /** When it asked and when it was told, on the clock of `performance.now()`. */
  readonly asked: number;
  readonly told: number;
  /** The status; 0 where there was no answer. */
  readonly status: number;
  /** The code of a refusal, or what went wrong with the connection. */
  readonly code: string;
}

export type Credentials = Readonly<Record<string, string>>;

const OF_EACH_KIND = 2;

/** @see the head of this file */
export class Callers {
  readonly #endpoint: string;
  readonly #told = new Map<Kind, Told[]>();
  readonly #loops: Promise<unknown>[] = [];
  #stopped = false;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** Has callers of `kind` ask from now on. */
  start(kind: Kind, headers: Credentials): void {
    const told: Told[] = [];
    this.#told.set(kind, told);
    for (let caller = 0; caller < OF_EACH_KIND; caller++) this.#loops.push(this.#keepAsking(headers, told));
  }

  /** Lets the last ones be answered. @returns what those of each kind were told */
  async stop(): Promise<ReadonlyMap<Kind, readonly Told[]>> {
    this.#stopped = true;
    await Promise.all(this.#loops);
    return this.#told;
  }

  async #keepAsking(headers: Credentials, into: Told[]): Promise<void> {
    while (!this.#stopped) {
      const asked = performance.now();
      const { status, code } = await this.#ask(headers);
      into.push({ asked, told: performance.now(), status, code });
    }
  }

  async #ask(headers: Credentials): Promise<Pick<Told, 'status' | 'code'>> {
    try {
      const answer = await ask(this.#endpoint, { headers });
      if (answer.status !== 200) return { status: answer.status, code: codeIn(answer.body) };
      vended(answer);
      return { status: 200, code: '' };
    } catch (error) {
      return { status: 0, code: String(error) };
    }
  }
}

function codeIn(body: string): string {
  try {
    return String((JSON.parse(body) as { code?: unknown }).code ?? body);
  } catch {
    return body;
  }
}

/** What an answer means to who asked. */
export type Outcome = 'token' | 'refusal' | 'failure';

function outcome({ status }: Told): Outcome {
  if (status === 200) return 'token';
  return status === 401 || status === 403 ? 'refusal' : 'failure';
}

/** What a caller of `kind` has to expect of a machine in `mode`, when it goes from the one mode to the other. */
export function mayAsk(kind: Kind, { from, to }: { from: AuthMode; to: AuthMode }, mode: AuthMode): Outcome {
  const own = { strangers: 'Open', 'of the old mode': from, 'of the new mode': to }[kind];
  return mode === 'Open' || mode === own ? 'token' : 'refusal';
}

/** What callers were to be told before something changed and after, and when that was. */
export interface Change {
  readonly before: Outcome;
  /** What was told until then was told by the machine of before. */
  readonly changing: number;
  /** What was asked from then on is told by the machine of after. */
  readonly changed: number;
  readonly after: Outcome;
}

/** All were told what they had to expect; what they expect changed in one moment, and never back. */
export function onlyOnce(t: TestContext, what: string, told: readonly Told[], change: Change): void {
  t.diagnostic(`| ${what} ${row(told)}`);
  const { before, changing, changed, after } = change;
  const says = (one: Outcome) => (it: Told) => outcome(it) === one;
  const first = told.filter((it) => it.told <= changing);
  const last = told.filter((it) => it.asked >= changed);
  assert.ok(first.length > 0 && last.length > 0, `${what}: nobody asked before or after, so nothing is shown`);
  assert.deepEqual(
    first.filter((it) => !says(before)(it)),
    [],
    `${what}: before the change`,
  );
  assert.deepEqual(
    last.filter((it) => !says(after)(it)),
    [],
    `${what}: after it`,
  );
  assert.deepEqual(
    told.filter((it) => !says(before)(it) && !says(after)(it)),
    [],
    `${what}: at any time`,
  );
  if (before === after) return;
  const since = Math.min(...told.filter(says(after)).map((it) => it.told));
  assert.deepEqual(
    told.filter((it) => it.asked > since && says(before)(it)),
    [],
    `${what}: a way back`,
  );
}

/** `| requests | 200 | 401 | 403 | others |` */
function row(told: readonly Told[]): string {
  const count = (status: number): number => told.filter((it) => it.status === status).length;
  const others = new Map<string, number>();
  for (const it of told.filter((one) => outcome(one) === 'failure')) {
    const what = `${it.status} ${it.code}`;
    others.set(what, (others.get(what) ?? 0) + 1);
  }
  const said = [...others].map(([what, times]) => `${times} × ${what}`).join(', ') || '0';
  return `| ${told.length} | ${count(200)} | ${count(401)} | ${count(403)} | ${said} |`;
}
