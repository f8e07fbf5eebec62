import type { ConnectPacket } from '@millrace/mqtt-codec';
import type { Transport } from '../delivery/transport.ts';
import type { ClientInfo } from '../hook/hooks.ts';
import type { MqttSettings } from '../settings.ts';

/** What the connection settles about a client at CONNECT. */
export interface ClientFacts {
  readonly clientId: string;
  readonly transport: Transport;
  readonly attributes: Readonly<Record<string, string>>;
  readonly keepAlive: number;
  readonly now: number;
}

const DEFAULT_RECEIVE_MAXIMUM = 65_535;

export function createClientInfo(packet: ConnectPacket, facts: ClientFacts, settings: MqttSettings): ClientInfo {
  const { clientId, transport, attributes, keepAlive, now } = facts;
  return {
    clientId,
    username: packet.username,
    peerHost: transport.remoteAddress,
    peerPort: transport.remotePort,
    localHost: transport.localAddress,
    localPort: transport.localPort,
    protocolVersion: packet.protocolVersion,
    protocolName: packet.protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
    attributes,
    mountpoint: undefined,
    keepAlive,
    cleanStart: packet.cleanStart,
    receiveMaximum: packet.properties?.receiveMaximum ?? DEFAULT_RECEIVE_MAXIMUM,
    sessionExpiryInterval: sessionExpiry(packet, settings),
    isBridge: packet.isBridge,
    connectedAt: now,
    connectProperties: packet.properties,
  };
}

/** Seconds. Before MQTT 5 clean session says all or nothing, and the broker decides how long "all" is. */
function sessionExpiry(packet: ConnectPacket, settings: MqttSettings): number {
  // Absent is 0 [MQTT-3.1.2-11].
  if (packet.protocolVersion === 5) return packet.properties?.sessionExpiryInterval ?? 0;
  return packet.cleanStart ? 0 : settings.sessionExpiryInterval;
}
