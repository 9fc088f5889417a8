/** The zip of a function. The same program gives the same bytes: the archive knows no time and no user. */
import { zipSync } from 'fflate';

/** The one file that AWS looks for in a function that is its own runtime. */
const BOOTSTRAP = 'bootstrap';

/** Midday of the first day that a zip can tell, so that no time zone makes it another. */
const THEN = new Date(1980, 0, 1, 12);
/** As ZIP says who can read the attributes. */
const UNIX = 3;
/** A regular file that everybody may read and run. */
const MODE = 0o100755;

export function zipOf(program: Uint8Array): Uint8Array {
  return zipSync({ [BOOTSTRAP]: [program, { level: 9, mtime: THEN, os: UNIX, attrs: MODE << 16 }] });
}
