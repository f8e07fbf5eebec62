import type { Will as WillPacket } from '@millrace/mqtt-codec';
import type { Context } from '../context.ts';
import { Publication } from '../delivery/publication.ts';
import type { Publisher } from '../message.ts';
import { WheelTimer } from './timer-wheel.ts';

/** The message a client leaves for the case that it goes without a word [MQTT-3.1.2-8]. */
export class Will {
  readonly #context: Context;
  readonly #packet: WillPacket;
  readonly #publisher: Publisher;
  readonly #timer: WheelTimer;
  #isDone = false;

  constructor(context: Context, packet: WillPacket, publisher: Publisher) {
    this.#context = context;
    this.#packet = packet;
    this.#publisher = publisher;
    this.#timer = new WheelTimer(() => this.publish());
  }

  get delayMs(): number {
    return (this.#packet.properties?.willDelayInterval ?? 0) * 1_000;
  }

  /** The connection was lost: the will goes out after its delay, at once when it has none [MQTT-3.1.3-9]. */
  connectionLost(): void {
    if (this.delayMs === 0) this.publish();
    else this.#context.wheel.schedule(this.#timer, this.delayMs);
  }

  /** Never sent [MQTT-3.1.2-10]. */
  cancel(): void {
    this.#isDone = true;
    this.#context.wheel.cancel(this.#timer);
  }

  /** Sent now, once: the delay is over or the session ends. */
  publish(): void {
    if (this.#isDone) return;
    this.cancel();
    const { topics, router, clock } = this.#context;
    const entry = topics.lookupText(this.#packet.topic);
    if (entry === undefined) return;
    const { willDelayInterval: _delay, ...properties } = this.#packet.properties ?? {};
    router.publish(
      Publication.compose({
        entry,
        payload: this.#packet.payload,
        qos: this.#packet.qos,
        retain: this.#packet.retain,
        dup: false,
        properties: Object.keys(properties).length > 0 ? properties : undefined,
        publisher: this.#publisher,
        timestamp: clock.tick(),
        origin: undefined,
      }),
    );
  }
}
