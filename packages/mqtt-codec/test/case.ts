import type { Packet, Properties, ProtocolVersion } from '../src/index.ts';

/** A packet and its bytes, see `bytes` in `notation.ts`. */
export interface Case {
  readonly name: string;
  readonly version: ProtocolVersion;
  readonly from: 'client' | 'server';
  readonly packet: Packet;
  readonly bytes: string;
  /** False for bytes that are accepted and not written. */
  readonly isWritten?: boolean;
}

export const ALL: readonly ProtocolVersion[] = [3, 4, 5];
export const BEFORE_5: readonly ProtocolVersion[] = [3, 4];
export const USER: Properties = { userProperties: [['a', 'b']] };
