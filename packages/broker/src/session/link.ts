import type { Output } from '../delivery/output.ts';
import type { ClientInfo } from '../hook/hooks.ts';

/** Packets and messages of one direction of a connection. */
export interface Traffic {
  packets: number;
  qos0: number;
  qos1: number;
  qos2: number;
}

export function createTraffic(): Traffic {
  return { packets: 0, qos0: 0, qos1: 0, qos2: 0 };
}

/** What a session knows of its connection while it has one. */
export interface SessionLink {
  readonly info: ClientInfo;
  readonly output: Output;
  readonly isVersion5: boolean;
  /** Largest packet the client takes; Infinity when it did not say. */
  readonly maximumPacketSize: number;
  /** Unacknowledged QoS 1 and 2 messages the client takes. */
  readonly receiveMaximum: number;
  readonly sent: Traffic;
  readonly receivedTraffic: Traffic;
  readonly bytesReceived: number;
  /** Listener the client came through, e.g. `tcp:default`. */
  readonly listenerId: string;
  /** Ends the connection; it is gone when the call returns. */
  terminate(reasonCode: number, reason: string): void;
}
