/** `cdk destroy`, as a person who gives a stack up runs it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clientEnvironment, ROOT } from 'local';
import { directory, emulatorUrl, SHIPPED, stackNameOf, tvmWithoutUsers } from './machines.ts';

/** Destroys the stack of that name. Whatever is wrong is in the error's message. */
export async function destroy(name: string): Promise<void> {
  const stack = stackNameOf(name);
  const output = join(directory(), name, 'cdk.out.destroy');
  await promisify(execFile)(
    join(ROOT, 'node_modules/.bin/cdk'),
    ['destroy', stack, '--force', '--no-notices', '--output', output, '--context', 'bundle=false'],
    {
      cwd: join(ROOT, 'cdk'),
      env: {
        ...clientEnvironment(emulatorUrl(), directory()),
        TVM_STACK: stack,
        TVM_CONFIG: SHIPPED,
        TVM_BIN: tvmWithoutUsers(),
      },
    },
  );
}
