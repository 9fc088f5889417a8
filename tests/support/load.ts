/**
 * Load on a deployed stack: requests that come at once, and the row of a table that says what came of them.
 *
 * Each asks under a name, and each name is a grant. What a token is for is read out of it here, as the local Momento wrote it
 * there: there are too many to try what each lets its holder do.
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { vended } from './expect.ts';
import { type Answer, ask, type ErrorBody } from './http.ts';
import { minting } from './momento-faults.ts';

/** Momento's quota of tokens a second (its documentation, "Service limits"), which is also what its bucket holds. */
export const QUOTA = 5;

/** What is asked of a stack. */
export interface Load {
  /** How many requests are under way at any time; the emulator has a process of the function for each. */
  readonly atATime: number;
  /** How many there are, or for how long they come. */
  readonly until: { readonly requests: number } | { readonly ms: number };
  /** The name that a request asks under, by its number. */
  readonly name: (request: number) => string;
}

/** What the local Momento wrote into a token. */
export interface Claims {
  /** The name that was asked under. */
  readonly id: string;
  /** The permissions, as they were asked for. */
  readonly p: string;
  /** Epoch seconds. */
  readonly exp: number;
}

/** Reads the claims of a vended token. */
export function claimsOf(authToken: string): Claims {
  const { api_key: token } = JSON.parse(Buffer.from(authToken, 'base64').toString()) as { api_key: string };
  const [, claims = ''] = token.split('.');
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Claims;
}

/** What came of a load. */
export class Row {
  requests = 0;
  ok = 0;
  limited = 0;
  /** Any other answer, by status and code. */
  readonly others = new Map<string, number>();
  /** Calls to mint that reached Momento, those that brought a token, and those that it refused for its limit. */
  calls = 0;
  minted = 0;
  exhausted = 0;
  /** From the first request until the last answer. */
  tookMs = 0;
  slowestMs = 0;
  readonly #wrong: string[] = [];
  readonly #withoutRetryAfter: string[] = [];

  /** Takes in the answer to a request under `name`, where a token is to hold `permissions`. */
  count(answer: Answer, name: string, permissions: string): void {
    this.requests += 1;
    if (answer.status === 200) {
      this.ok += 1;
      const { id, p, exp } = claimsOf(vended(answer).authToken);
      if (id !== name || p !== permissions || exp * 1000 <= Date.now()) this.#wrong.push(`${id} for ${name}`);
    } else if (answer.status === 429) {
      this.limited += 1;
      const after = answer.headers['retry-after'] ?? '';
      if (!/^[1-9]\d*$/.test(after)) this.#withoutRetryAfter.push(after);
    } else {
      const { code } = JSON.parse(answer.body) as ErrorBody;
      const what = `${answer.status} ${code}`;
      this.others.set(what, (this.others.get(what) ?? 0) + 1);
    }
  }

  /** What holds under any load, and the row itself for whoever reads the test's output. */
  mustHold(t: TestContext, what: string): void {
    t.diagnostic(`| ${what} ${this}`);
    assert.deepEqual(this.#wrong, [], 'tokens for a wrong grant, or ended ones');
    assert.deepEqual(this.#withoutRetryAfter, [], 'a 429 says when to come back, in whole seconds');
    assert.ok(this.requests > 0, 'somebody asked');
  }

  allMustBe200(t: TestContext, what: string): void {
    this.mustHold(t, what);
    assert.equal(this.ok, this.requests, `${this}`);
  }

  /** No more calls than Momento's bucket and its refilling allow for. */
  mustKeepToTheQuota(): void {
    const most = (QUOTA * this.tookMs) / 1000 + QUOTA;
    assert.ok(this.calls <= most, `${this.calls} calls reached Momento, ${most.toFixed(1)} are allowed`);
  }

  /** The cells after the first: `| requests | 200 | 429 | others | calls to mint | tokens minted | took | slowest |`. */
  toString(): string {
    const others = [...this.others].map(([what, count]) => `${count} × ${what}`).join(', ') || '0';
    const times = `${(this.tookMs / 1000).toFixed(1)} s | ${Math.round(this.slowestMs)} ms`;
    return `| ${this.requests} | ${this.ok} | ${this.limited} | ${others} | ${this.calls} | ${this.minted} | ${times} |`;
  }
}

/** Puts the stack at `endpoint` under `load`; each token is to hold `permissions`. */
export async function under(endpoint: string, load: Load, permissions: string): Promise<Row> {
  const row = new Row();
  const before = await minting();
  const began = performance.now();
  const goesOn = (sent: number): boolean =>
    'requests' in load.until ? sent < load.until.requests : performance.now() - began < load.until.ms;
  let sent = 0;
  const one = async (): Promise<void> => {
    while (goesOn(sent)) {
      const name = load.name(sent);
      sent += 1;
      const asked = performance.now();
      const answer = await ask(endpoint, { path: `?name=${name}` });
      row.slowestMs = Math.max(row.slowestMs, performance.now() - asked);
      row.count(answer, name, permissions);
    }
  };
  await Promise.all(Array.from({ length: load.atATime }, one));
  row.tookMs = performance.now() - began;
  const { started, ended } = await minting();
  const more = (status: string): number => (ended[status] ?? 0) - (before.ended[status] ?? 0);
  row.calls = started - before.started;
  row.minted = more('OK');
  row.exhausted = more('RESOURCE_EXHAUSTED');
  return row;
}
