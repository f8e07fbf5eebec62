import type { Qos } from '@millrace/mqtt-codec';
import type { SessionLink } from '../session/link.ts';
import type { Receiver } from '../topic/receiver.ts';
import type { Publication } from './publication.ts';

const PUBLISH = 0x30;
const DUP = 0x08;

/**
 * Writes a message to a client's output as that client and its subscription want it. `isRetained`: sent because of a new
 * subscription, not because it was just published [MQTT-3.3.1-8]. Plain arguments: an object for each delivery would be
 * the only garbage of this path.
 */
export function sendPublish(
  link: SessionLink,
  publication: Publication,
  receiver: Receiver,
  qos: Qos,
  packetId: number,
  isRetained: boolean,
  isDuplicate: boolean,
  now: number,
): void {
  // RETAIN says "stored earlier", unless the subscription wants it as published [MQTT-3.3.1-12] [MQTT-3.3.1-13].
  const keepsRetain = isRetained || (receiver.retainAsPublished && publication.retain);
  const header = PUBLISH | (isDuplicate ? DUP : 0) | (qos << 1) | (keepsRetain ? 1 : 0);
  const { output, isVersion5 } = link;
  // Identifiers are for MQTT 5 alone; a session may have been made by one version and resumed by another.
  const identifiers = isVersion5 ? receiver.identifiers : undefined;
  if (identifiers === undefined && publication.fits(isVersion5, qos > 0, now)) {
    output.writePublish(
      publication.bytes,
      publication.start,
      publication.end,
      header,
      publication.packetIdAt,
      packetId,
    );
    return;
  }
  const { bytes, packetIdAt } = publication.shape(isVersion5, qos > 0, identifiers, now);
  output.writePublish(bytes, 0, bytes.length, header, packetIdAt, packetId);
}

/** Bytes that `sendPublish` would write. */
export function publishSize(
  link: SessionLink,
  publication: Publication,
  receiver: Receiver,
  qos: Qos,
  now: number,
): number {
  const identifiers = link.isVersion5 ? receiver.identifiers : undefined;
  if (identifiers === undefined && publication.fits(link.isVersion5, qos > 0, now)) {
    return publication.end - publication.start;
  }
  return publication.shape(link.isVersion5, qos > 0, identifiers, now).bytes.length;
}
