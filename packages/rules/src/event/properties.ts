import type { Message } from '@millrace/broker';
import type { Value } from '@millrace/values';

/** MQTT 5 properties as the broker hands them out. */
export type Properties = NonNullable<Message['properties']>;

/** MQTT 5 names with dashes, as rules see them, and our names in the codec. */
const NAMES: Readonly<Record<Exclude<keyof Properties, 'userProperties' | 'subscriptionIdentifiers'>, string>> = {
  payloadFormatIndicator: 'Payload-Format-Indicator',
  messageExpiryInterval: 'Message-Expiry-Interval',
  contentType: 'Content-Type',
  responseTopic: 'Response-Topic',
  correlationData: 'Correlation-Data',
  sessionExpiryInterval: 'Session-Expiry-Interval',
  assignedClientIdentifier: 'Assigned-Client-Identifier',
  serverKeepAlive: 'Server-Keep-Alive',
  authenticationMethod: 'Authentication-Method',
  authenticationData: 'Authentication-Data',
  requestProblemInformation: 'Request-Problem-Information',
  willDelayInterval: 'Will-Delay-Interval',
  requestResponseInformation: 'Request-Response-Information',
  responseInformation: 'Response-Information',
  serverReference: 'Server-Reference',
  reasonString: 'Reason-String',
  receiveMaximum: 'Receive-Maximum',
  topicAliasMaximum: 'Topic-Alias-Maximum',
  topicAlias: 'Topic-Alias',
  maximumQos: 'Maximum-QoS',
  retainAvailable: 'Retain-Available',
  maximumPacketSize: 'Maximum-Packet-Size',
  wildcardSubscriptionAvailable: 'Wildcard-Subscription-Available',
  subscriptionIdentifierAvailable: 'Subscription-Identifier-Available',
  sharedSubscriptionAvailable: 'Shared-Subscription-Available',
};

/**
 * Properties as a column: an object with dashed names. `User-Property` is an object in which the last duplicate wins;
 * `User-Property-Pairs` keeps all of them in order.
 */
export function propertiesColumn(properties: Properties | undefined): Record<string, Value> {
  const column: Record<string, Value> = {};
  if (properties === undefined) return column;
  for (const [key, value] of Object.entries(properties)) {
    const name = (NAMES as Readonly<Record<string, string>>)[key];
    if (name !== undefined && value !== undefined) column[name] = value as Value;
  }
  addSubscriptionIdentifiers(column, properties.subscriptionIdentifiers);
  addUserProperties(column, properties.userProperties);
  return column;
}

function addSubscriptionIdentifiers(column: Record<string, Value>, identifiers: number[] | undefined): void {
  if (identifiers === undefined || identifiers.length === 0) return;
  column['Subscription-Identifier'] = identifiers.length === 1 ? identifiers[0] : identifiers;
}

function addUserProperties(column: Record<string, Value>, pairs: [string, string][] | undefined): void {
  if (pairs === undefined || pairs.length === 0) return;
  column['User-Property'] = Object.fromEntries(pairs);
  column['User-Property-Pairs'] = pairs.map(([key, value]) => ({ key, value }));
}
