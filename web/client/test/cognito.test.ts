/** Sign-in with Cognito. Not real: Cognito, whose answers are as its API reference has them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cognito } from '../src/cognito.ts';
import type { TokenError } from '../src/errors.ts';
import { Device } from './support/device.ts';

const HOUR = 3_600_000;

type Flow = { AuthFlow: string; AuthParameters: Record<string, string>; ClientId: string };

function user() {
  const device = new Device();
  const flows: Flow[] = [];
  const answers: (() => Response)[] = [];
  const signedIn = () =>
    Response.json({
      ChallengeParameters: {},
      AuthenticationResult: {
        IdToken: `id-${flows.length}`,
        AccessToken: 'access',
        ExpiresIn: 3600,
        ...(flows.at(-1)?.AuthFlow === 'USER_PASSWORD_AUTH' ? { RefreshToken: 'the-refresh-token' } : {}),
      },
    });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    assert.equal(String(input), 'https://cognito-idp.eu-west-1.amazonaws.com/');
    const headers = new Headers(init?.headers);
    assert.equal(headers.get('Content-Type'), 'application/x-amz-json-1.1');
    assert.equal(headers.get('X-Amz-Target'), 'AWSCognitoIdentityProviderService.InitiateAuth');
    flows.push(JSON.parse(String(init?.body)));
    return (answers.shift() ?? signedIn)();
  };
  const options = { region: 'eu-west-1', clientId: 'client', username: 'ada', password: 'the-password' };
  const source = device.source({ access: cognito(options, { clock: device.clock, fetch }) });
  const refused = (status: number, type: string) =>
    answers.push(() => Response.json({ __type: type, message: 'Incorrect username or password.' }, { status }));
  return { device, flows, answers, source, refused };
}

test('the password signs in once; later the refresh token does, and the ID token goes to the endpoint', async () => {
  const { device, flows, source } = user();
  await device.clock.until(source.get());
  for (let hour = 0; hour < 4; hour += 1) {
    await device.clock.advance(0.97 * HOUR);
    await device.clock.until(source.get());
  }
  assert.deepEqual(flows[0], {
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: 'ada', PASSWORD: 'the-password' },
    ClientId: 'client',
  });
  assert.ok(flows.length > 2);
  for (const flow of flows.slice(1)) {
    assert.deepEqual(flow.AuthParameters, { REFRESH_TOKEN: 'the-refresh-token' });
  }
  assert.equal(device.endpoint.asked[0]?.headers.get('Authorization'), 'Bearer id-1');
  assert.notEqual(device.endpoint.asked.at(-1)?.headers.get('Authorization'), 'Bearer id-1');
});

/** Cognito's answers, and what they mean here. */
const REFUSALS: [status: number, type: string, kind: string, code: string][] = [
  [400, 'NotAuthorizedException', 'refused', 'NotAuthorizedException'],
  [400, 'com.amazonaws.cognito#UserNotFoundException', 'refused', 'UserNotFoundException'],
  [400, 'TooManyRequestsException', 'limited', 'TooManyRequestsException'],
  [500, 'InternalErrorException', 'unavailable', 'InternalErrorException'],
];

for (const [status, type, kind, code] of REFUSALS) {
  test(`${type} (${status}) is ${kind}, and quotes no secret`, async () => {
    const { device, source, refused } = user();
    refused(status, type);
    await assert.rejects(source.get(), (error: TokenError) => {
      assert.equal(error.kind, kind);
      assert.equal(error.code, code);
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /the-password|the-refresh-token/);
      return true;
    });
    assert.equal(device.endpoint.asked.length, 0);
  });
}

test('a refresh token that has ended stops the source: the user has to sign in', async () => {
  const { device, source, refused } = user();
  await device.clock.until(source.get());
  refused(400, 'NotAuthorizedException');
  device.clock.sleep(31 * 24 * HOUR);
  await assert.rejects(device.clock.until(source.get()), (error: TokenError) => error.kind === 'refused');
});

test('a second factor is no sign-in, and the error says what to do', async () => {
  const { answers, source } = user();
  answers.push(() => Response.json({ ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 'the-session' }));
  await assert.rejects(source.get(), (error: TokenError) => {
    assert.equal(error.code, 'SOFTWARE_TOKEN_MFA');
    assert.match(error.message, /Amplify/);
    assert.doesNotMatch(error.message, /the-session/);
    return true;
  });
});

test('Cognito out of reach is tried again', async () => {
  const { device, answers, source } = user();
  answers.push(() => {
    throw new TypeError('Failed to fetch');
  });
  await assert.rejects(source.get(), (error: TokenError) => error.kind === 'unreachable');
  assert.ok((await device.clock.until(source.get())).authToken);
});

test('Cognito is asked where it is in the region, which in GovCloud is a FIPS endpoint', async () => {
  for (const [region, url] of [
    ['eu-central-1', 'https://cognito-idp.eu-central-1.amazonaws.com/'],
    ['us-gov-west-1', 'https://cognito-idp-fips.us-gov-west-1.amazonaws.com/'],
  ] as const) {
    const device = new Device();
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(String(input));
      return Response.json({ AuthenticationResult: { IdToken: 'id', ExpiresIn: 3600 } });
    };
    const options = { region, clientId: 'client', username: 'ada', password: 'the-password' };
    const source = device.source({ access: cognito(options, { clock: device.clock, fetch }) });
    await device.clock.until(source.get());
    assert.deepEqual(asked, [url]);
  }
});
