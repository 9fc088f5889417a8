/** What a mode means to the endpoint: who checks a caller, and what a caller has to send. */

import { AuthorizationType, type IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { IDependable } from 'constructs';

/** How callers of the endpoint are let in. */
export interface Access {
  readonly authorizationType: AuthorizationType;
  /** @default - nobody checks */
  readonly authorizer?: IAuthorizer;
  /**
   * What the authorizer cannot do without, and does not refer to.
   * @default - nothing
   */
  readonly needs?: readonly IDependable[];
  /**
   * The OAuth scopes one of which a caller's access token must have.
   * @default - none is asked for
   */
  readonly scopes?: readonly string[];
  /** The headers with credentials; a browser may send them from any origin. */
  readonly credentialHeaders: readonly string[];
  /** Said to a caller without (valid) credentials: what to send. It may not hold a double quote. */
  readonly askForCredentials: string;
  /**
   * What AWS's review finds about that, by rule, and why it is so.
   * @see acknowledge
   */
  readonly acknowledged: Readonly<Record<string, string>>;
}

/** Anyone may ask. */
export const openAccess: Access = {
  authorizationType: AuthorizationType.NONE,
  credentialHeaders: [],
  askForCredentials: 'This endpoint asks for no credentials; send none.',
  acknowledged: {
    APIG4: 'auth = "Open": that anybody may ask is what the mode is for',
    COG4: 'auth = "Open": nobody signs in',
  },
};
