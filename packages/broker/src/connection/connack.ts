import type { ConnectPacket, Properties } from '@millrace/mqtt-codec';
import type { ClientInfo } from '../hook/hooks.ts';
import type { MqttSettings } from '../settings.ts';

/** CONNACK properties: what differs from the protocol's defaults. */
export function connackProperties(packet: ConnectPacket, info: ClientInfo, settings: MqttSettings): Properties {
  const properties: Properties = {
    receiveMaximum: settings.maxInflight,
    maximumPacketSize: settings.maxPacketSize,
    retainAvailable: settings.retainAvailable ? 1 : 0,
    topicAliasMaximum: settings.maxTopicAlias,
    wildcardSubscriptionAvailable: settings.wildcardSubscription ? 1 : 0,
    subscriptionIdentifierAvailable: 1,
    sharedSubscriptionAvailable: settings.sharedSubscription ? 1 : 0,
  };
  if (settings.maxQosAllowed < 2) properties.maximumQos = settings.maxQosAllowed;
  // [MQTT-3.1.3-6]
  if (packet.clientId === '') properties.assignedClientIdentifier = info.clientId;
  // [MQTT-3.1.2-21]
  if (settings.serverKeepAlive !== undefined) properties.serverKeepAlive = settings.serverKeepAlive;
  if (packet.properties?.sessionExpiryInterval !== undefined) {
    properties.sessionExpiryInterval = info.sessionExpiryInterval;
  }
  if (packet.properties?.requestResponseInformation === 1 && settings.responseInformation !== '') {
    properties.responseInformation = settings.responseInformation;
  }
  return properties;
}
