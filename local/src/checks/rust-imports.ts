/**
 * What Rust code may import: no module itself by way of others, and no crate more of ours than its room allows.
 *
 * The arrows between crates are in `arrows.ts`; cargo itself refuses circles of crates. Modules are read as text: `use crate::…`,
 * paths in the code and `super::`, without unit tests. `npm run check` calls it.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { MAY_IMPORT } from './arrows.ts';

/** A crate, as `cargo metadata` has it. */
export interface Crate {
  readonly name: string;
  readonly manifest_path: string;
  readonly dependencies: readonly { readonly name: string; readonly kind: string | null }[];
}

/** A module's name (`doctor::account`) and its text. */
export type Modules = ReadonlyMap<string, string>;

/** The crates of the workspace. */
export function crates(root: string): readonly Crate[] {
  const metadata = execFileSync('cargo', ['metadata', '--no-deps', '--format-version', '1', '--offline'], {
    cwd: root,
    maxBuffer: 1 << 26,
  });
  return (JSON.parse(metadata.toString()) as { packages: Crate[] }).packages;
}

/** Each arrow between crates that is not drawn. */
export function arrowsNotDrawn(all: readonly Crate[], mayImport = MAY_IMPORT): string[] {
  const ours = new Set(all.map((crate) => crate.name));
  return all.flatMap((crate) => {
    const allowed = mayImport[crate.name];
    if (allowed === undefined) return [`${crate.name} is not in MAY_IMPORT: say there what it may depend on`];
    const imported = crate.dependencies.filter(({ name, kind }) => kind === null && ours.has(name));
    return imported
      .filter(({ name }) => !allowed.includes(name))
      .map(({ name }) => `${crate.name} may not depend on ${name}`);
  });
}

/** The modules of the crate in `folder`, those for tests left out. */
export function modulesOf(folder: string): Modules {
  const source = join(folder, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.rs'));
  const modules = files.filter((file) => !file.startsWith(`bin${sep}`) && !file.endsWith(`${sep}tests.rs`));
  return new Map(modules.map((file) => [nameOf(file), readFileSync(join(source, file), 'utf8')]));
}

function nameOf(file: string): string {
  const parts = file.slice(0, -'.rs'.length).split(sep);
  return (parts.at(-1) === 'mod' ? parts.slice(0, -1) : parts).join('::');
}

/** Each circle of modules, as a list of their names. */
export function circles(modules: Modules): string[][] {
  const roots = ['lib', 'main'];
  const names = [...modules.keys()].filter((name) => !roots.includes(name));
  const reexported = new Map(roots.flatMap((root) => reexports(modules.get(root) ?? '')));
  const imports = new Map(
    names.map((name) => {
      const targets = importsOf(name, modules.get(name) ?? '').map((path) => moduleOf(path, names, reexported));
      return [name, new Set(targets.filter((target) => target !== undefined && target !== name))];
    }),
  );
  return strongComponents(names, (name) => [...(imports.get(name) ?? [])].filter((target) => target !== undefined));
}

/** What the root re-exports by name, and the module that it is from. */
function reexports(root: string): [string, string][] {
  const lines = root.matchAll(/\buse (?:self::|crate::)?(\w+)::(\{[^}]*\}|\w+)/g);
  return [...lines].flatMap(([, module = '', what = '']) =>
    [...what.matchAll(/\w+/g)].map(([name]): [string, string] => [name, module]),
  );
}

/** Every path from the crate's root that the text names. */
function importsOf(module: string, text: string): string[] {
  const code = text.split('#[cfg(test)]\nmod ')[0]?.replaceAll(/\/\/.*/g, '') ?? '';
  const parent = module.split('::').slice(0, -1).join('::');
  return [...code.matchAll(/\b(crate|super)::/g)].flatMap((match) => {
    const paths = expanded(code.slice(match.index + match[0].length));
    return match[1] === 'super' && parent !== '' ? paths.map((path) => `${parent}::${path}`) : paths;
  });
}

/** `a::{b, c::d}` as `a::b` and `a::c::d`. */
function expanded(text: string): string[] {
  if (!text.startsWith('{')) {
    const name = /^\w+/.exec(text)?.[0];
    if (name === undefined) return [];
    const rest = text.slice(name.length);
    const below = rest.startsWith('::') ? expanded(rest.slice(2)) : [];
    return below.length === 0 ? [name] : below.map((path) => `${name}::${path}`);
  }
  const items: string[] = [];
  let depth = 0;
  let item = '';
  for (const character of text) {
    if (character === '{' && depth++ === 0) continue;
    if (character === '}' && --depth === 0) break;
    if (character === ',' && depth === 1) {
      items.push(item);
      item = '';
    } else item += character;
  }
  return [...items, item].flatMap((each) => expanded(each.trim()));
}

/** The module that a path leads into: the longest that there is, or what the root re-exports. */
function moduleOf(path: string, names: readonly string[], reexported: ReadonlyMap<string, string>): string | undefined {
  const parts = path.split('::');
  for (let length = parts.length; length > 0; length -= 1) {
    const name = parts.slice(0, length).join('::');
    if (names.includes(name)) return name;
  }
  const module = reexported.get(parts[0] ?? '');
  return module !== undefined && names.includes(module) ? module : undefined;
}

/** Tarjan's algorithm: every set of two or more nodes that lead to each other. */
function strongComponents(nodes: readonly string[], next: (node: string) => readonly string[]): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    for (const target of next(node)) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(node, Math.min(low.get(node) ?? 0, low.get(target) ?? 0));
    }
    if (low.get(node) !== index.get(node)) return;
    const component = stack.splice(stack.indexOf(node)).sort();
    if (component.length > 1) found.push(component);
  };
  for (const node of nodes) if (!index.has(node)) visit(node);
  return found;
}
