import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { claimablePort, portHolder } from '../src/ports.ts';

/** A port that this very process listens on until the test is over. */
async function takenPort(t: { after(fn: () => void): void }): Promise<number> {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  return address.port;
}

test('a port in use is refused with who has it and how to choose another', async (t) => {
  const port = await takenPort(t);
  await assert.rejects(claimablePort(port, 'the AWS emulator', 'TVM_EMULATOR_PORT'), (error: Error) => {
    assert.match(error.message, new RegExp(`Port ${port}, meant for the AWS emulator, is in use by .+`));
    assert.match(error.message, new RegExp(`process ${process.pid}\\)`));
    assert.match(error.message, /another by TVM_EMULATOR_PORT=…/);
    return true;
  });
});

test('a free port is given back, and left free', async () => {
  const port = await claimablePort(0, 'a test', 'NONE');
  assert.equal(await claimablePort(port, 'a test', 'NONE'), port);
  assert.equal(portHolder(port), undefined);
});
