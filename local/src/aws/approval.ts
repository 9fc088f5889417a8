/** Whether what is about to happen is meant: asked of the person at the terminal, unless it was said beforehand. */
import { createInterface } from 'node:readline/promises';
import { Failure } from '../failure.ts';
import type { Approval } from './options.ts';

/** Asks the person at the terminal; `undefined` where there is none. */
export type Ask = ((question: string) => Promise<string>) | undefined;

/**
 * Goes on only if it is meant.
 *
 * @param why what makes it worth a question
 * @throws {Failure} where the answer is no, or nobody is there to answer
 */
export async function approve(approval: Approval, why: string, ask: Ask = terminal()): Promise<void> {
  if (approval === 'given') return;
  if (ask === undefined) {
    throw new Failure(
      `${why} Nobody is at a terminal to approve it; if it is meant, say so with YES=1. Nothing was changed.`,
    );
  }
  const answer = await ask(`${why} Go on? [y/N] `);
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw new Failure('Nothing was changed.');
}

function terminal(): Ask {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) return undefined;
  return async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return await lines.question(question);
    } finally {
      lines.close();
    }
  };
}
