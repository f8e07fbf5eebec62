import type { AckGate } from '../message.ts';

/** An acknowledgement that waits. */
interface HeldAck {
  readonly gate: AckGate | undefined;
  readonly send: AckSender;
  readonly header: number;
  readonly packetId: number;
  readonly reasonCode: number;
}

export type AckSender = (header: number, packetId: number, reasonCode: number) => void;

/**
 * Acknowledgements behind a closed gate. They leave in the order of the publishes [MQTT-4.6.0-2] [MQTT-4.6.0-3], so one closed gate
 * holds all that came after it. Only the gate in front is listened to.
 */
export class AckQueue {
  readonly #held: HeldAck[] = [];
  readonly #released: () => void;
  #awaited: AckGate | undefined;
  #isAbandoned = false;

  /** `released` is called after acknowledgements have left. */
  constructor(released: () => void) {
    this.#released = released;
  }

  get length(): number {
    return this.#held.length;
  }

  hold(gate: AckGate | undefined, send: AckSender, header: number, packetId: number, reasonCode: number): void {
    this.#held.push({ gate, send, header, packetId, reasonCode });
    this.#awaitFirst();
  }

  /** The connection is gone: nothing is sent any more. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#held.length = 0;
  }

  #awaitFirst(): void {
    const gate = this.#held[0]?.gate;
    if (gate === undefined || gate === this.#awaited) return;
    this.#awaited = gate;
    gate.whenOpen(() => this.#opened());
  }

  #opened(): void {
    this.#awaited = undefined;
    if (this.#isAbandoned) return;
    let count = 0;
    for (const ack of this.#held) {
      if (ack.gate !== undefined && !ack.gate.isOpen) break;
      ack.send(ack.header, ack.packetId, ack.reasonCode);
      count += 1;
    }
    this.#held.splice(0, count);
    this.#awaitFirst();
    this.#released();
  }
}
