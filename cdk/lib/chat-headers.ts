/**
 * The headers of every answer that the chat page's files are served with, as CloudFront wants them said.
 *
 * What they are stands in `web/chat/security-headers.json`, once for everybody who serves the page.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Duration } from 'aws-cdk-lib';
import type {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseCustomHeadersBehavior,
  ResponseSecurityHeadersBehavior,
} from 'aws-cdk-lib/aws-cloudfront';

import { CHAT } from './chat-build.ts';
import { repositoryRoot } from './repository.ts';

/** @see chatHeaders */
export interface ChatHeaders {
  readonly securityHeadersBehavior: ResponseSecurityHeadersBehavior;
  readonly customHeadersBehavior: ResponseCustomHeadersBehavior;
}

/** A browser that has seen the page asks for it by HTTPS alone for so long. */
const HTTPS_ONLY = Duration.days(365);

/** The headers of a page that may call `connectTo`, and nothing else but where it came from. */
export function chatHeaders(connectTo: readonly string[]): ChatHeaders {
  const file = readFileSync(join(repositoryRoot, CHAT, 'security-headers.json'), 'utf8');
  const override = true;
  const {
    'Content-Security-Policy': policy,
    'Referrer-Policy': referrer,
    'X-Content-Type-Options': contentType,
    'X-Frame-Options': frame,
    ...others
  } = JSON.parse(file) as Record<string, string>;
  if (policy === undefined || referrer === undefined || frame === undefined || contentType !== 'nosniff') {
    throw new Error(`${CHAT}/security-headers.json does not say what it said when this was written`);
  }
  return {
    // CloudFront takes these by names of its own, and refuses them among the others.
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: policy.replace('{connect}', connectTo.join(' ')), override },
      contentTypeOptions: { override },
      frameOptions: { frameOption: frame as HeadersFrameOption, override },
      referrerPolicy: { referrerPolicy: referrer as HeadersReferrerPolicy, override },
      strictTransportSecurity: { accessControlMaxAge: HTTPS_ONLY, override },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(others).map(([header, value]) => ({ header, value, override })),
    },
  };
}
