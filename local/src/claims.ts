/**
 * The ports of a `make` command: all of them taken in its first second, and held until their servers start, so that no build is
 * wasted on a port that turns out to be in use.
 */
import { runningPort } from './daemon.ts';
import { Failure } from './failure.ts';
import { type HeldPort, holdPort } from './ports.ts';
import { shellWord } from './shell.ts';

/** A server of a `make` command, and the port that it should have. */
export interface WantedPort {
  /** Names the record of the server, where it outlives the command. */
  readonly name: string;
  /** For messages: "the AWS emulator". */
  readonly title: string;
  /** The variable that chooses the port. */
  readonly variable: string;
  readonly port: number;
  /** Who chose it: no other than the user's will do, while the usual one is only a preference. */
  readonly by: 'user' | 'default';
}

/** Ports that are taken, by the names of their servers. */
export interface Claims<Name extends string> {
  readonly ports: Readonly<Record<Name, number>>;
  /** Where a port is not the usual one, and why. */
  readonly notes: readonly string[];
  /** The ports that a run without a word of them might not choose, as variables of `make`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Lets go of these ports, for their servers to start now. */
  release(...names: Name[]): Promise<void>;
}

/** How far from the usual port another one is looked for. */
const NEAR = 100;

/**
 * Takes every port of `wanted`. A server of `dir` that runs keeps its port, unless the user names another; where the usual port is in
 * use, the next free one takes its place.
 *
 * @param again the command line that a message repeats, without ports: `make local AUTH=Open`
 * @throws {Failure} naming every port of the user's that cannot be had, and a line that works
 */
export async function claimPorts<Name extends string>(
  dir: string,
  wanted: Readonly<Record<Name, WantedPort>>,
  again: string,
): Promise<Claims<Name>> {
  const claiming = new Claiming(dir);
  // What the user names comes first: no preference may take it.
  const names = (Object.keys(wanted) as Name[]).sort((one, other) => rank(wanted[one]) - rank(wanted[other]));
  for (const name of names) await claiming.take(name, wanted[name]);
  if (claiming.problems.length > 0) {
    for (const name of names) {
      if (wanted[name].by === 'user' && !claiming.ports.has(name))
        await claiming.takeNear(name, wanted[name].port + NEAR);
    }
    await claiming.release(names);
    const line = names.map((name) => `${wanted[name].variable}=${claiming.ports.get(name)}`);
    const problems = claiming.problems.join('\n');
    throw new Failure(
      `${problems}\n\nfree them, or use other ports, which are free now:\n  ${[again, ...line].join(' ')}`,
    );
  }
  const ports = Object.fromEntries(claiming.ports) as Record<Name, number>;
  const unusual = names.filter((name) => wanted[name].by === 'user' || ports[name] !== wanted[name].port);
  return {
    ports,
    notes: claiming.notes,
    variables: Object.fromEntries(unusual.map((name) => [wanted[name].variable, String(ports[name])])),
    release: (...which) => claiming.release(which),
  };
}

function rank({ by }: WantedPort): number {
  return by === 'user' ? 0 : 1;
}

class Claiming {
  readonly ports = new Map<string, number>();
  readonly problems: string[] = [];
  readonly notes: string[] = [];
  readonly #dir: string;
  readonly #held = new Map<string, HeldPort>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async take(name: string, { by, name: record, port, title, variable }: WantedPort): Promise<void> {
    const running = runningPort(this.#dir, record);
    if (running !== undefined && (by === 'default' || running === port)) {
      this.ports.set(name, running);
      return;
    }
    const twice = [...this.#held.values()].some((held) => held.port === port);
    const held = twice ? 'is meant for another server too' : await holdPort(port);
    if (typeof held !== 'string') {
      this.#hold(name, held);
      return;
    }
    if (by === 'user') {
      this.problems.push(`Port ${port} (${variable}), for ${title}, ${held}.`);
      return;
    }
    const taken = await this.takeNear(name, port + 1);
    this.notes.push(`Port ${port} ${held}: ${title} takes ${taken}.`);
  }

  /** Takes the first free port from `first` on. */
  async takeNear(name: string, first: number): Promise<number> {
    for (let port = first; port < Math.min(first + NEAR, 65_536); port++) {
      const held = await holdPort(port);
      if (typeof held !== 'string') return this.#hold(name, held);
    }
    const held = await holdPort(0);
    if (typeof held === 'string') throw new Failure(`No port of this computer is free: a new one ${held}.`);
    return this.#hold(name, held);
  }

  async release(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#held.get(name)?.release()));
    for (const name of names) this.#held.delete(name);
  }

  #hold(name: string, held: HeldPort): number {
    this.#held.set(name, held);
    this.ports.set(name, held.port);
    return held.port;
  }
}

/** `make TARGET` with these variables, as it can be pasted into a shell. */
export function makeLine(target: string, variables: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${shellWord(value)}`],
  );
  return ['make', target, ...given].join(' ');
}
