/** How callers connect: the security policy of the API and of its domain, which are alike. */

import { Aws, CfnCondition, Fn, Stack } from 'aws-cdk-lib';
import { EndpointAccessMode, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';

/** @see tlsOf */
export interface Tls {
  readonly securityPolicy: string;
  readonly endpointAccessMode: string;
}

/**
 * TLS 1.3, or 1.2 with forward secrecy, which every browser of the last ten years has; with post-quantum key exchange where the
 * browser knows it. ("Security policies for REST APIs in API Gateway"; without one, the `execute-api` name takes TLS 1.0.) A call by
 * the API's own domain is negotiated by the policy of the API, too.
 *
 * `BASIC`, since `STRICT` refuses a request that comes by another type of endpoint: earlier releases deployed an edge-optimized API,
 * and its callers still come by CloudFront for a while after it became regional. (The same page: change the policy first, the mode
 * later.)
 */
const TLS: Tls = {
  securityPolicy: SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
  endpointAccessMode: EndpointAccessMode.BASIC,
};

const CONDITION = 'TlsPoliciesOfGovCloud';

/**
 * The policy of an API in the stack of `scope`.
 *
 * AWS GovCloud (US) has no policy whose name starts with `SecurityPolicy_` (*AWS GovCloud (US) User Guide*, "Amazon API Gateway"): there it
 * is the older `TLS_1_2`, which has no access mode. The partition is known when the stack is deployed.
 */
export function tlsOf(scope: Construct): Tls {
  const stack = Stack.of(scope);
  const inGovCloud =
    (stack.node.tryFindChild(CONDITION) as CfnCondition | undefined) ??
    new CfnCondition(stack, CONDITION, { expression: Fn.conditionEquals(Aws.PARTITION, 'aws-us-gov') });
  const { logicalId } = inGovCloud;
  return {
    securityPolicy: Fn.conditionIf(logicalId, SecurityPolicy.TLS_1_2, TLS.securityPolicy).toString(),
    endpointAccessMode: Fn.conditionIf(logicalId, Aws.NO_VALUE, TLS.endpointAccessMode).toString(),
  };
}
