import { type DisconnectPacket, ReasonCode } from '@millrace/mqtt-codec';
import type { Connection } from './connection.ts';

/** DISCONNECT: the client goes, with or without its will. */
export function handleDisconnect(connection: Connection, packet: DisconnectPacket): void {
  if (connection.state !== 'connected') {
    connection.close({ reason: 'protocol_error' });
    return;
  }
  const { session } = connection;
  const expiry = packet.properties?.sessionExpiryInterval;
  if (expiry !== undefined) {
    if (connection.info.sessionExpiryInterval === 0 && expiry !== 0) {
      // [MQTT-3.14.2-2]
      connection.close({ reason: 'protocol_error', reasonCode: ReasonCode.protocol_error });
      return;
    }
    session.expiryInterval = expiry;
  }
  const isNormal = packet.reasonCode === ReasonCode.normal_disconnection;
  // The will is discarded unless the client asks for it [MQTT-3.14.4-3].
  connection.close({
    reason: isNormal ? 'normal' : 'disconnect_with_will_message',
    isNormal,
    properties: packet.properties,
  });
}
