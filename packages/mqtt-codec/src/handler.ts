import type { Packet } from './packet.ts';
import type { PublishView } from './publish-view.ts';

/**
 * What a {@link PacketReader} finds, in wire order. Called synchronously from `push`; the callee may call
 * `reader.stop()` to have the rest of the bytes ignored (a closing connection).
 */
export interface PacketHandler {
  /** One reused view over the received bytes: valid until the call returns. */
  onPublish(publish: PublishView): void;
  /** PUBACK, PUBREC, PUBREL, PUBCOMP; `kind` is the packet type number 4 to 7. Properties of acknowledgements are validated and not kept. */
  onAck(kind: AckKind, packetId: number, reasonCode: number): void;
  /** Every other packet. */
  onPacket(packet: Packet): void;
  /** The bytes are no MQTT; nothing more will be read. The error carries the reason code for DISCONNECT or CONNACK. */
  onError(error: MalformedPacketError): void;
}

/** Packet type numbers of section 2.1.2. */
export type AckKind = 4 | 5 | 6 | 7;

/**
 * Bytes that break the specification. `statement` names the broken one, e.g. `MQTT-3.3.2-2`, where there is one: by its
 * number in MQTT 5.0, or in 3.1.1 when only that has the rule.
 */
export class MalformedPacketError extends Error {
  /** MQTT 5 reason code: 0x81 malformed packet, 0x82 protocol error, 0x84 unsupported version, 0x95 packet too large, … */
  readonly reasonCode: number;
  readonly statement: string | undefined;

  constructor(reasonCode: number, message: string, statement?: string) {
    super(statement === undefined ? message : `${message} [${statement}]`);
    this.name = 'MalformedPacketError';
    this.reasonCode = reasonCode;
    this.statement = statement;
  }
}
