/**
 * An update of a deployed stack that stands still at two places, for as long as a test likes, or fails there.
 *
 * It is another stack's template, as CDK made it, with two wait conditions put in: one when everything new is made and before
 * anything of the API is touched, one when the API's stage has moved and before CloudFormation tidies up what is not needed any more.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Capability,
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type ResourceSignalStatus,
  SignalResourceCommand,
  type Stack,
  type StackResource,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { clientConfig } from 'local';
import { emulatorUrl, type StackName, stackNameOf, templateOf } from './machines.ts';

/** Where an update stands still. */
export type Place = 'before the API changes' | 'before the tidying up';

interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly [more: string]: unknown;
}

const API = 'AWS::ApiGateway::';
/** What refers to the API's parts, and so comes with them. */
const PERMISSION = 'AWS::Lambda::Permission';
const STAGE = `${API}Stage`;

const IDS: Readonly<Record<Place, string>> = {
  'before the API changes': 'HoldFirst',
  'before the tidying up': 'HoldLast',
};

const POLL_MS = 50;
const TIMEOUT_MS = 60_000;
/** Longer than any test stands still. */
const HELD_FOR = 'PT5M';

let updates = 0;

/** @see the head of this file */
export class HeldUpdate {
  readonly #stack: string;
  /** A wait condition waits once in its life: each update has its own. */
  readonly #number: number;

  private constructor(stack: string, number: number) {
    this.#stack = stack;
    this.#number = number;
  }

  /** Begins to make `stack` what the deployed stack `like` is. */
  static async begin(stack: string, like: StackName): Promise<HeldUpdate> {
    updates += 1;
    const update = new HeldUpdate(stack, updates);
    await client().send(
      new UpdateStackCommand({
        StackName: stack,
        TemplateBody: JSON.stringify(update.#held(readFileSync(templateOf(like), 'utf8'), stackNameOf(like))),
        Capabilities: [Capability.CAPABILITY_IAM],
      }),
    );
    return update;
  }

  /** Returns when it stands still there. */
  async reached(place: Place): Promise<void> {
    await until(`${this.#stack} stands still ${place}`, async () => {
      const { StackEvents = [] } = await client().send(new DescribeStackEventsCommand({ StackName: this.#stack }));
      if (StackEvents.some(({ LogicalResourceId: id }) => id === this.#id(place))) return true;
      const { StackStatus, StackStatusReason } = await stackOf(this.#stack);
      if (StackStatus !== 'UPDATE_IN_PROGRESS') throw new Error(`${this.#stack}: ${StackStatus} ${StackStatusReason}`);
      return undefined;
    });
  }

  /** Lets it go on from there, or has it fail there. */
  async signal(place: Place, Status: ResourceSignalStatus): Promise<void> {
    await this.reached(place);
    const signal = { StackName: this.#stack, LogicalResourceId: this.#id(place), UniqueId: 'test', Status };
    // Who is said to wait may be about to: a signal that comes too early is refused.
    await until(`${this.#stack} takes the signal`, () =>
      client()
        .send(new SignalResourceCommand(signal))
        .then(() => true)
        .catch(unlessNobodyWaits),
    );
  }

  /** Returns the stack as it is when CloudFormation has done with it. */
  async ended(): Promise<Stack> {
    return until(`${this.#stack} is not changed any more`, async () => {
      const stack = await stackOf(this.#stack);
      return stack.StackStatus?.endsWith('_IN_PROGRESS') ? undefined : stack;
    });
  }

  #id(place: Place): string {
    return `${IDS[place]}${this.#number}`;
  }

  #held(text: string, of: string): object {
    const template = JSON.parse(text.replaceAll(of, this.#stack)) as { Resources: Record<string, Resource> };
    const { Resources: all } = template;
    const ids = Object.keys(all);
    const isOfApi = (id: string): boolean =>
      all[id]?.Type.startsWith(API) === true && all[id]?.Type !== `${API}RestApi`;
    const [first, last] = [this.#id('before the API changes'), this.#id('before the tidying up')];
    for (const id of ids.filter(isOfApi)) {
      const resource = all[id] as Resource;
      all[id] = { ...resource, DependsOn: [first, ...[resource.DependsOn ?? []].flat()] };
    }
    const made = ids.filter((id) => !isOfApi(id) && all[id]?.Type !== PERMISSION);
    const moved = ids.filter((id) => all[id]?.Type === STAGE);
    all[first] = waiting(made);
    all[last] = waiting(moved);
    return template;
  }
}

function unlessNobodyWaits(error: unknown): undefined {
  if (!/is not waiting/.test(String(error))) throw error;
}

function waiting(after: readonly string[]): Resource {
  return {
    Type: 'AWS::CloudFormation::WaitCondition',
    DependsOn: after,
    CreationPolicy: { ResourceSignal: { Count: 1, Timeout: HELD_FOR } },
  };
}

/** The resources of a stack, those included that an update has made so far. */
export async function resourcesOf(stack: string): Promise<StackResource[]> {
  const { StackResources = [] } = await client().send(new DescribeStackResourcesCommand({ StackName: stack }));
  return StackResources;
}

/** What CloudFormation says of a stack. */
export async function stackOf(stack: string): Promise<Stack> {
  const { Stacks: [found] = [] } = await client().send(new DescribeStacksCommand({ StackName: stack }));
  if (found === undefined) throw new Error(`there is no stack ${stack}`);
  return found;
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(POLL_MS);
  }
  throw new Error(`${what}: not within ${TIMEOUT_MS} ms`);
}

function client(): CloudFormationClient {
  return new CloudFormationClient(clientConfig(emulatorUrl()));
}
