import type { MalformedPacketError } from '@millrace/mqtt-codec';
import type { CloseReason, Connection } from './connection.ts';

/** Who keeps the connections of a node and hears what becomes of them. */
export interface ConnectionOwner {
  /** Id of the listener, e.g. `tcp:default`. */
  readonly listenerId: string;
  malformed(connection: Connection, error: MalformedPacketError): void;
  /** Sends the CONNACK that refuses. */
  refused(connection: Connection, reasonCode: number): void;
  connected(connection: Connection): void;
  /** A connection that was connected is not any more. */
  disconnected(connection: Connection, why: CloseReason): void;
  /** Comes for every connection, last. */
  ended(connection: Connection): void;
}
