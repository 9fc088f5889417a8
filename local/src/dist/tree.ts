/** What a program of the workspace is made of, as `cargo tree` tells it: exactly what is linked into it. */

/** A crate, of one version. */
export interface Crate {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression; empty where the crate says none. */
  readonly license: string;
}

/** A program's crates, and which needs which. */
export interface Tree {
  /** The program's own package. */
  readonly root: string;
  /** By {@link idOf}. */
  readonly crates: ReadonlyMap<string, Crate>;
  /** By the same ids. */
  readonly needs: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What `cargo tree` is told, for {@link parseTree} to read. Not what only runs while compiling: that is in no program. */
export function treeArguments(pkg: string, target: string): string[] {
  return [
    ...['tree', '--locked', '--package', pkg, '--target', target],
    ...['--edges', 'normal,no-proc-macro', '--prefix', 'depth', '--format', ' {p} | {l}'],
  ];
}

const LINE = /^(\d+) (\S+) v(\S+)(?: \([^)]*\))* \| (.*?)(?: \(\*\))?$/;

/** Reads it. @throws where a line is none of `cargo tree`'s: a part that is left out of a list nobody would miss */
export function parseTree(text: string): Tree {
  const crates = new Map<string, Crate>();
  const needs = new Map<string, Set<string>>();
  const above: string[] = [];
  for (const line of text.split('\n').filter((it) => it !== '')) {
    const [, depth, name, version, license] = LINE.exec(line) ?? [];
    if (depth === undefined || name === undefined || version === undefined) {
      throw new Error(`cargo tree printed a line that is not understood: ${line}`);
    }
    const crate = { name, version, license: license ?? '' };
    const id = idOf(crate);
    crates.set(id, crate);
    if (!needs.has(id)) needs.set(id, new Set());
    above.length = Number(depth);
    needs.get(above.at(-1) ?? '')?.add(id);
    above.push(id);
  }
  const root = above[0];
  if (root === undefined) throw new Error('cargo tree printed nothing');
  return { root, crates, needs };
}

/** What tells a crate from all others here. */
export function idOf({ name, version }: Pick<Crate, 'name' | 'version'>): string {
  return `${name}@${version}`;
}
