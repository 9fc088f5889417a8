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
    ports: {
      emulator: {
        name: 'emulator',
        title: 'the AWS emulator',
        variable: 'TVM_EMULATOR_PORT',
        port: 4566,
        by: 'default',
      },
      momento: { name: 'momento', title: 'the local Momento', variable: 'TVM_MOMENTO_PORT', port: 8980, by: 'default' },
      chat: { name: 'chat-page', title: 'the chat page', variable: 'TVM_CHAT_PORT', port: 8990, by: 'default' },
    },
    said: {},
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
  const { emulator, momento, chat } = options.ports;
  assert.deepEqual([emulator.port, momento.port, chat.port], [5000, 5001, 5002]);
  assert.deepEqual([emulator.by, momento.by, chat.by], ['user', 'user', 'user']);
  assert.deepEqual(options.said, { AUTH: 'Open', TVM_CONFIG: 'config/examples/chat.toml' });
});

test('the embedded server has a file and a port of its own, and the Momento of make local', () => {
  const usual = embeddedOptionsFrom({}, '/r');
  assert.deepEqual([usual.dir, usual.config], ['/r/.local', '/r/examples/embedded-chat/tvm.toml']);
  assert.deepEqual([usual.ports.momento, usual.ports.embedded.port], [optionsFrom({}, '/r').ports.momento, 3000]);
  const env = { TVM_CONFIG: 'config/tvm.toml', TVM_MOMENTO_PORT: '5001', TVM_EMBEDDED_PORT: '5002' };
  const { config, ports } = embeddedOptionsFrom(env, '/r');
  assert.deepEqual([config, ports.momento.port, ports.embedded.port], ['/r/config/tvm.toml', 5001, 5002]);
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
  [{ TVM_STACK: 'bad name!' }, /TVM_STACK=bad name! cannot be the name of a stack; use letters, digits and hyphens/],
  [{ CDK_QUALIFIER: 'AB C!' }, /CDK_QUALIFIER=AB C! cannot be .* at most 10 letters/],
  [{ CDK_QUALIFIER: 'a'.repeat(11) }, /at most 10/],
  [{ TVM_STACK: '1st' }, /a letter first/],
  [{ TVM_STACK: '../x' }, /TVM_STACK=\.\.\/x cannot be/],
  [{ TVM_STACK: 'a'.repeat(129) }, /128 at most/],
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
