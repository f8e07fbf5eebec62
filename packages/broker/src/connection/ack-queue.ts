import type { AckGate } from '../message.ts';

/** An acknowledgement that waits. */
interface HeldAck {
  readonly gate: AckGate | undefined;
  readonly header: number;
  readonly packetId: number;
  readonly reasonCode: number;
}

/** The connection whose acknowledgements wait. */
export interface AckTarget {
  sendAck(header: number, packetId: number, reasonCode: number): void;
  /** Comes after acknowledgements have left. */
  acksReleased(): void;
}

/**
 * Acknowledgements behind a closed gate. They leave in the order of the publishes [MQTT-4.6.0-2] [MQTT-4.6.0-3], so one
 * closed gate holds all that came after it. Only the gate in front is listened to.
 */
export class AckQueue {
  readonly #target: AckTarget;
  readonly #held: HeldAck[] = [];
  #awaited: AckGate | undefined;
  #isAbandoned = false;

  constructor(target: AckTarget) {
    this.#target = target;
  }

  get length(): number {
    return this.#held.length;
  }

  hold(gate: AckGate | undefined, header: number, packetId: number, reasonCode: number): void {
    this.#held.push({ gate, header, packetId, reasonCode });
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
    for (const { gate, header, packetId, reasonCode } of this.#held) {
      if (gate !== undefined && !gate.isOpen) break;
      this.#target.sendAck(header, packetId, reasonCode);
      count += 1;
    }
    this.#held.splice(0, count);
    this.#awaitFirst();
    this.#target.acksReleased();
  }
}
