/**
 * What a run cost at most: its own requests and its duration, at list prices.
 *
 * Every figure is a bound: each request counts as if it had run both functions until their timeout and had been logged at length.
 */

/** A unit price, as the table at the head of docs/cost.md has it. */
export interface Price {
  /** The row of that table. */
  readonly input: string;
  /** In US dollars. */
  readonly dollars: number;
  /** For so many units. */
  readonly units: number;
}

const GB = 1e9;
const HOURS_A_MONTH = 720;

export const PRICES = {
  requests: { input: 'API Gateway, REST API', dollars: 3.5, units: 1e6 },
  runs: { input: 'Lambda, requests', dollars: 0.2, units: 1e6 },
  gbSeconds: { input: 'Lambda, duration, x86_64', dollars: 0.0000166667, units: 1 },
  logBytes: { input: 'CloudWatch Logs, ingestion', dollars: 0.5, units: GB },
  dataBytes: { input: 'data to the Internet', dollars: 0.09, units: GB },
  secretHours: { input: 'Secrets Manager', dollars: 0.4, units: HOURS_A_MONTH },
  secretReads: { input: 'Secrets Manager', dollars: 0.05, units: 1e4 },
  users: { input: 'Cognito, plan Essentials', dollars: 0.015, units: 1 },
} as const satisfies Readonly<Record<string, Price>>;

/** What a run has used. */
export interface Usage {
  /** Requests to the endpoints. */
  readonly requests: number;
  readonly stacks: number;
  /** Users who signed in, each counted by Cognito once a month. */
  readonly users: number;
  /** From the first deployment to the last deletion. */
  readonly seconds: number;
}

/** Of one request: both functions until their timeout of ten seconds, with the eighth of a GB that they are given. */
const FUNCTIONS = 2;
const GB_SECONDS = FUNCTIONS * 10 * 0.125;
/** Several times what docs/cost.md measures. */
const LOG_BYTES = FUNCTIONS * 5_000;
const DATA_BYTES = 10_000;
/** A stack has two at most. */
const SECRETS = 2;

/** One line of the bill. */
export interface Item {
  readonly input: string;
  readonly quantity: number;
  /** In US dollars. */
  readonly dollars: number;
}

export function atMost({ requests, stacks, users, seconds }: Usage): { items: Item[]; total: number } {
  const used: Readonly<Record<keyof typeof PRICES, number>> = {
    requests,
    runs: requests * FUNCTIONS,
    gbSeconds: requests * GB_SECONDS,
    logBytes: requests * LOG_BYTES,
    dataBytes: requests * DATA_BYTES,
    // By the hour, and each begun one counts.
    secretHours: stacks * SECRETS * Math.ceil(seconds / 3600),
    secretReads: requests * FUNCTIONS,
    users,
  };
  const items = (Object.keys(PRICES) as (keyof typeof PRICES)[]).map((key) => {
    const { input, dollars, units } = PRICES[key];
    return { input, quantity: used[key], dollars: (used[key] * dollars) / units };
  });
  return { items, total: items.reduce((sum, item) => sum + item.dollars, 0) };
}
