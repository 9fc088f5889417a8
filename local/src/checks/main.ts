/** `npm run check`: the imports of the Rust code. Ends with 1 where one is not allowed, and says which. */
import { dirname, relative } from 'node:path';
import { ROOT } from '../options.ts';
import { arrowsNotDrawn, circles, crates, modulesOf } from './rust-imports.ts';

const all = crates(ROOT);
const wrong = [
  ...arrowsNotDrawn(all),
  ...all.flatMap((crate) => {
    const folder = dirname(crate.manifest_path);
    return circles(modulesOf(folder)).map(
      (circle) => `${relative(ROOT, folder)}: ${circle.join(', ')} import each other in a circle`,
    );
  }),
];
for (const line of wrong) console.error(line);
if (wrong.length > 0) {
  console.error(
    'Move what both need into a file of its own, or draw the arrow (local/src/checks/rust-imports.ts, ARCHITECTURE.md).',
  );
  process.exitCode = 1;
}
