import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../src/failure.ts';
import { architectureFrom, embeddedOptionsFrom, optionsFrom } from '../src/options.ts';

test('without a word from the environment, the ports, the file and the stack are the documented ones', () => {
  assert.deepEqual(optionsFrom({}, '/root'), {
    dir: '/root/.local',
    stackName: 'TokenVendingMachine',
    config: '/root/config/tvm.toml',
    auth: undefined,
    emulatorPort: 4566,
    momentoPort: 8980,
    chatPort: 8990,
  });
});

test('the environment chooses the mode, the file and the ports; a relative file is relative to the Makefile', () => {
  const env = {
    AUTH: 'Open',
    TVM_CONFIG: 'config/examples/chat.toml',
    TVM_EMULATOR_PORT: '5000',
    TVM_MOMENTO_PORT: '5001',
    TVM_CHAT_PORT: '5002',
  };
  const options = optionsFrom(env, '/root');
  assert.equal(options.auth, 'Open');
  assert.equal(options.config, '/root/config/examples/chat.toml');
  assert.deepEqual([options.emulatorPort, options.momentoPort, options.chatPort], [5000, 5001, 5002]);
});

test('the embedded server has a file and a port of its own, and the Momento of make local', () => {
  const usual = { dir: '/r/.local', config: '/r/examples/embedded-chat/tvm.toml', momentoPort: 8980, port: 3000 };
  assert.deepEqual(embeddedOptionsFrom({}, '/r'), usual);
  const env = { TVM_CONFIG: 'config/tvm.toml', TVM_MOMENTO_PORT: '5001', TVM_EMBEDDED_PORT: '5002' };
  const chosen = { dir: '/r/.local', config: '/r/config/tvm.toml', momentoPort: 5001, port: 5002 };
  assert.deepEqual(embeddedOptionsFrom(env, '/r'), chosen);
  assert.throws(() => embeddedOptionsFrom({ TVM_EMBEDDED_PORT: 'x' }), /TVM_EMBEDDED_PORT=x is not a port/);
});

test('an empty variable is as good as none', () => {
  assert.deepEqual(optionsFrom({ AUTH: '', TVM_CONFIG: '', TVM_EMULATOR_PORT: '' }, '/r'), optionsFrom({}, '/r'));
});

const REFUSED: readonly [NodeJS.ProcessEnv, RegExp][] = [
  [{ AUTH: 'open' }, /AUTH=open is not a mode; use one of Open, LambdaAuthorizer, AmazonCognito/],
  [{ TVM_EMULATOR_PORT: '0' }, /TVM_EMULATOR_PORT=0 is not a port/],
  [{ TVM_EMULATOR_PORT: '65536' }, /a number from 1 to 65535/],
  [{ TVM_MOMENTO_PORT: '80a' }, /TVM_MOMENTO_PORT=80a is not a port/],
  [{ TVM_CHAT_PORT: '-1' }, /TVM_CHAT_PORT=-1 is not a port/],
  [{ TVM_MOMENTO_PORT: '1e3' }, /TVM_MOMENTO_PORT=1e3 is not a port/],
];

for (const [env, message] of REFUSED) {
  test(`${JSON.stringify(env)} is refused with what to write instead`, () => {
    assert.throws(
      () => optionsFrom(env),
      (error) => error instanceof Failure && message.test(error.message),
    );
  });
}

test('a processor that Lambda has not is refused', () => {
  assert.equal(architectureFrom('arm64'), 'arm64');
  assert.equal(architectureFrom(undefined), undefined);
  assert.throws(() => architectureFrom('aarch64'), /ARCHITECTURE=aarch64 .*x86_64 or arm64/);
});
