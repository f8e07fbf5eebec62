import type { Output } from '../delivery/output.ts';
import type { Transport } from '../delivery/transport.ts';
import type { Publishing } from '../router/back-pressure.ts';
import type { Session } from '../session/session.ts';
import { Deferral } from './deferral.ts';

/** Messages a client may publish without getting acknowledgements before it is not read any more. */
const MOST_WHILE_HELD = 100;

/** The connection whose inbound side is governed. */
export interface FlowOwner {
  readonly transport: Transport;
  readonly output: Output;
  readonly session: Session;
  readonly isClosed: boolean;
  /** Handling what had waited threw. */
  failed(error: unknown): void;
}

/**
 * What keeps a connection from being read, or what has been read from being handled: answers that are waited for,
 * acknowledgements behind a gate, receivers that fall behind. Made when a connection first meets one of them.
 */
export class InboundFlow implements Publishing {
  readonly #owner: FlowOwner;
  #deferral: Deferral | undefined;
  /** Reasons not to read. */
  #pauses = 0;
  /** Receivers that ask to wait. */
  #holds = 0;
  #publishedWhileHeld = 0;
  #isReadStopped = false;
  #isSuspended = false;

  constructor(owner: FlowOwner) {
    this.#owner = owner;
  }

  get isPaused(): boolean {
    return this.#pauses > 0;
  }

  get isDeferring(): boolean {
    return this.#deferral !== undefined;
  }

  get isReceiving(): boolean {
    const { session } = this.#owner;
    return session.inflightCount > 0 || session.queueLength > 0;
  }

  /** Stops reading until `resume` has been called as often. */
  pause(): void {
    this.#pauses += 1;
    if (this.#pauses === 1) this.#owner.transport.pause();
  }

  resume(): void {
    this.#pauses -= 1;
    if (this.#pauses === 0 && !this.#owner.isClosed) this.#owner.transport.resume();
  }

  /** A packet that came while others wait; only asked while `isDeferring`. */
  add(handle: () => void): void {
    this.#deferral?.add(handle);
  }

  /** Lets later packets wait for an answer; `settle` handles the answer and then them. */
  defer<T>(answer: Promise<T>, settle: (answer: T) => void, fail: (error: unknown) => void): void {
    const deferral = new Deferral();
    this.#deferral = deferral;
    this.pause();
    const proceed = (handle: () => void) => {
      this.#deferral = undefined;
      if (!this.#owner.isClosed) handle();
      this.#run(deferral);
      this.resume();
    };
    answer
      .then(
        (value) => proceed(() => settle(value)),
        (error: unknown) => proceed(() => fail(error)),
      )
      .catch((error: unknown) => this.#owner.failed(error));
  }

  /**
   * Acknowledgements wait: they would bring more messages, and one write for many is cheaper. Most publishers stop by
   * themselves then, which saves the system calls that stop and start reading.
   */
  holdBack(): void {
    this.#holds += 1;
    if (this.#holds === 1) this.#owner.output.hold();
  }

  published(): void {
    this.#publishedWhileHeld += 1;
    if (this.#isReadStopped || this.#publishedWhileHeld < MOST_WHILE_HELD) return;
    this.#isReadStopped = true;
    this.pause();
  }

  suspend(): void {
    if (this.#holds === 0) return;
    this.#isSuspended = true;
    this.#deferral ??= new Deferral();
  }

  letGo(): void {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    this.#owner.output.release();
    this.#publishedWhileHeld = 0;
    if (this.#isSuspended) this.#continue();
    if (!this.#isReadStopped) return;
    this.#isReadStopped = false;
    this.resume();
  }

  /** Handles what had been read before the connection was suspended. */
  #continue(): void {
    const deferral = this.#deferral;
    this.#isSuspended = false;
    this.#deferral = undefined;
    if (deferral !== undefined) this.#run(deferral);
  }

  /** A packet that waited may make the others wait again. */
  #run(deferral: Deferral): void {
    const rest = deferral.run(() => this.isDeferring);
    for (const waiting of rest) this.#deferral?.add(waiting);
  }
}
