/**
 * Where the rest of this project is. The published package has the same folders as the repository, but only what another CDK
 * app needs: no Rust, and the chat page as it was built.
 */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

// biome-ignore lint/correctness/useImportExtensions: there is no `here.cts`, only JavaScript and its declaration.
import { here } from './here.cjs';

/** Absolute path of the repository, or of the package. */
export const repositoryRoot: string = resolve(here, '../..');

/** Whether there is something to build here: the workspace that the functions and `tvm` come from, and the page's source. */
export const hasSources: boolean = existsSync(join(repositoryRoot, 'Cargo.toml'));
