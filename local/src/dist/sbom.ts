/**
 * The software bill of materials: every crate in what `make dist` makes, as CycloneDX. The same input gives the same bytes, so
 * it has neither a serial number nor a time.
 */
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { type Crate, idOf, type Tree } from './tree.ts';

/** Something that is given out. */
export interface Artifact {
  /** The name of its file. */
  readonly file: string;
  /** SHA-256, in hexadecimal. */
  readonly sha256: string;
  /** What is in it. */
  readonly tree: Tree;
}

/** What is known of crates by the lock file: the SHA-256 of each that comes from a registry, by {@link idOf}. */
export type Checksums = ReadonlyMap<string, string>;

/** The bill of materials of `artifacts`. */
export function billOfMaterials(version: string, artifacts: readonly Artifact[], checksums: Checksums): string {
  const product = new Models.Component(Enums.ComponentType.Application, 'momento-token-vending-machine', {
    version,
    bomRef: 'momento-token-vending-machine',
  });
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: product }) });
  const crates = new Map<string, Models.Component>();
  for (const { tree } of artifacts) {
    for (const [id, crate] of tree.crates) {
      if (!crates.has(id)) crates.set(id, componentOf(crate, checksums.get(id)));
    }
  }
  for (const component of crates.values()) bom.components.add(component);
  for (const { file, sha256, tree } of artifacts) {
    for (const [id, needs] of tree.needs) {
      for (const needed of needs) dependOn(crates.get(id), crates.get(needed));
    }
    const made = new Models.Component(Enums.ComponentType.File, file, {
      version,
      bomRef: file,
      hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], sha256]]),
    });
    dependOn(made, crates.get(tree.root));
    dependOn(product, made);
    bom.components.add(made);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function dependOn(one: Models.Component | undefined, other: Models.Component | undefined): void {
  if (one !== undefined && other !== undefined) one.dependencies.add(other.bomRef);
}

function componentOf(crate: Crate, sha256: string | undefined): Models.Component {
  const { name, version, license } = crate;
  return new Models.Component(Enums.ComponentType.Library, name, {
    version,
    bomRef: idOf(crate),
    // Of a registry; this project's own are in none.
    ...(sha256 === undefined
      ? {}
      : {
          purl: `pkg:cargo/${name}@${version}`,
          hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], sha256]]),
        }),
    // The older way to write two licences, which SPDX no longer has.
    ...(license === ''
      ? {}
      : { licenses: new Models.LicenseRepository([new Models.LicenseExpression(license.replaceAll('/', ' OR '))]) }),
  });
}

/** The checksums in the text of a `Cargo.lock`. */
export function checksumsIn(lock: string): Checksums {
  const found = lock.split('[[package]]').map((entry) => {
    const value = (key: string) => new RegExp(`^${key} = "([^"]*)"$`, 'm').exec(entry)?.[1] ?? '';
    return [idOf({ name: value('name'), version: value('version') }), value('checksum')] as const;
  });
  return new Map(found.filter(([, checksum]) => checksum !== ''));
}
