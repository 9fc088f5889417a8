/** Where the Rust workspace is, which the functions and `tvm` are built from. */

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the folder that holds the workspace's `Cargo.toml`. */
export const repositoryRoot: string = resolve(fileURLToPath(new URL('../../', import.meta.url)));
