/** What the tests of a run found, on disk: they run in a process of their own, and may be ended at any time. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An open question, and what came of it. */
export interface Asked {
  readonly name: string;
  readonly state: 'as relied on' | 'not as relied on' | 'failed' | 'not asked';
  readonly said: string;
}

/** What the endpoints were asked. */
export interface Requests {
  readonly requests: number;
  readonly users: number;
  readonly stacks: number;
}

const ASKED = 'questions.ndjson';
const REQUESTS = 'requests.json';

export function record(dir: string, asked: Asked): void {
  appendFileSync(join(dir, ASKED), `${JSON.stringify(asked)}\n`);
}

export function recorded(dir: string): Asked[] {
  const path = join(dir, ASKED);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Asked);
}

export function writeRequests(dir: string, requests: Requests): void {
  writeFileSync(join(dir, REQUESTS), JSON.stringify(requests));
}

/** `undefined` where the tests were ended before they could say. */
export function readRequests(dir: string): Requests | undefined {
  const path = join(dir, REQUESTS);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Requests) : undefined;
}
