/** What came of a soak: the sum of the tabs, as a table, and whether it is good. */
import type { Published, Tally } from '../browser/page/soak.ts';

/** Everything that was counted. */
export interface Counted {
  readonly subscribers: number;
  readonly published: Published;
  readonly tabs: readonly Tally[];
  /** What reached Momento: tokens that were minted, and streams that were opened. */
  readonly minted: number;
  readonly streams: number;
}

/** Nothing lost, nothing twice, and something was published at all. */
export function isGood({ published, tabs }: Counted): boolean {
  return published.last > 0 && tabs.every(({ lost, twice }) => lost === 0 && twice === 0);
}

/** For people, and for Markdown. */
export function table({ subscribers, published, tabs, minted, streams }: Counted): string {
  const sum = (of: (tally: Tally) => number) => tabs.reduce((all, tally) => all + of(tally), 0);
  const sure = published.last - published.failed.length;
  const rows: readonly (readonly [what: string, count: number])[] = [
    ['messages published', sure],
    ['publications that failed', published.failed.length],
    ['deliveries expected', sure * subscribers],
    ['deliveries', sum(({ got }) => got)],
    ['lost', sum(({ lost }) => lost)],
    ['twice', sum(({ twice }) => twice)],
    ['out of order', sum(({ disordered }) => disordered)],
    ['gaps told', sum(({ gaps }) => gaps)],
    ['tokens used', new Set(tabs.flatMap(({ tokens }) => tokens)).size],
    ['tokens minted', minted],
    ['moves to another stream', streams - subscribers],
    ['times without a stream', sum(({ reconnected }) => reconnected)],
    ['subscriptions that ended', sum(({ ended }) => ended)],
    ['requests for a token that failed', sum(({ troubles }) => troubles.length)],
  ];
  return ['| what | count |', '|---|---:|', ...rows.map(([what, count]) => `| ${what} | ${count} |`)].join('\n');
}
