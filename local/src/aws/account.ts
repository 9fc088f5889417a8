/**
 * Why AWS does not answer, in the words of `tvm doctor` (crates/tvm/src/doctor): no region, no credentials, no way to AWS. Each with its
 * fix, so that no command shows the stack trace of an SDK.
 */
import { Failure } from '../failure.ts';

/** What AWS calls credentials that it does not accept: "Common Error Types" in the reference of CloudFormation's API, and STS's. */
const NOT_ACCEPTED =
  /^(?:ExpiredToken(?:Exception)?|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|InvalidSignatureException|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken(?:Exception)?|AuthFailure|OptInRequired)$/;

/** Errors by which the providers of the SDK say that they have no credentials, or old ones. */
const NO_CREDENTIALS = /^(?:CredentialsProviderError|TokenProviderError|ProviderError)$/;

/** System errors on the way to a host (errno(3)), and what the SDK calls a time that is over. */
const NO_WAY =
  /^(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|TimeoutError|ERR_TLS_.*|(?:UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT)_.*)$/;

/** `error` of an AWS SDK as a {@link Failure} with its fix; `undefined` where it is of no such kind. */
export function accountTrouble(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || error instanceof Failure) return undefined;
  const { code = '', message, name } = error as NodeJS.ErrnoException;
  if (/^Region is missing$/.test(message)) {
    return trouble('No AWS region is known.', 'set AWS_REGION, or name one in the AWS profile');
  }
  if (NO_CREDENTIALS.test(name) || NOT_ACCEPTED.test(name)) {
    return trouble(
      `AWS has no credentials of yours that it accepts (${message}).`,
      'sign in (`aws sso login`, `aws configure`), or set AWS_PROFILE or the AWS_* variables',
    );
  }
  if (NO_WAY.test(code) || NO_WAY.test(name)) {
    return trouble(
      `AWS did not answer (${message}).`,
      'look at the network, at the region (AWS_REGION), and at AWS_ENDPOINT_URL if it is set',
    );
  }
  return undefined;
}

function trouble(what: string, fix: string): Failure {
  return new Failure(`${what}\nfix: ${fix}. "make doctor" checks all of it.`);
}
