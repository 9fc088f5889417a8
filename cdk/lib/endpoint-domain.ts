/**
 * `[api.domain]`: the endpoint by a name of one's own, at its root, and the DNS records for it where Route 53 has the zone.
 *
 * The URL of API Gateway's keeps working unless `disable_default_endpoint` turns it off, under the same firewall, limits and logs,
 * which belong to the stage.
 */

import type { CfnDomainName, IRestApi } from 'aws-cdk-lib/aws-apigateway';
import { DomainName, EndpointType, IpAddressType } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';

import type { DomainTable } from './canonical-config.ts';
import { tlsOf } from './tls.ts';

/** @see EndpointDomain */
export interface EndpointDomainProps {
  /** What answers there. */
  readonly api: IRestApi;
  /** Its name, and who vouches for it. */
  readonly domain: DomainTable;
}

/** A custom domain name of API Gateway, in the region of the stack. */
export class EndpointDomain extends Construct {
  /** Without a slash at its end. */
  readonly origin: string;
  /** What the name has to lead to in the DNS; undefined where the stack sees to that. */
  readonly target: string | undefined;

  constructor(scope: Construct, id: string, { api, domain }: EndpointDomainProps) {
    super(scope, id);
    const made = new DomainName(this, 'Name', {
      domainName: domain.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificate),
      endpointType: EndpointType.REGIONAL,
      mapping: api,
    });
    const resource = made.node.defaultChild as CfnDomainName;
    // `DomainName` takes a policy that is known already.
    Object.assign(resource, tlsOf(this));
    // Without it there is no IPv6 address that the AAAA record could lead to. `DomainName` has no property for it.
    resource.addPropertyOverride('EndpointConfiguration.IpAddressType', IpAddressType.DUAL_STACK);
    this.origin = `https://${domain.name}`;
    if (domain.hosted_zone === undefined) {
      this.target = made.domainNameAliasDomainName;
      return;
    }
    const zone = HostedZone.fromHostedZoneId(this, 'Zone', domain.hosted_zone);
    // The dot at its end says that it is whole: the name of the zone is not known, and not needed.
    const record = { zone, recordName: `${domain.name}.`, target: RecordTarget.fromAlias(new ApiGatewayDomain(made)) };
    new ARecord(this, 'A', record);
    new AaaaRecord(this, 'Aaaa', record);
  }
}
