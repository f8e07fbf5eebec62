import type { Context } from '../context.ts';
import type { ClientInfo } from '../hook/hooks.ts';
import { Session } from './session.ts';
import { WheelTimer } from './timer-wheel.ts';

/** Why a session ends. */
export type EndReason = 'discarded' | 'expired' | 'kicked' | 'terminated';

const MAXIMUM_EXPIRY_SECONDS = 0xffff_ffff;

/** All sessions by client id: found at CONNECT, kept while their client is away, ended in one place. */
export class SessionRegistry {
  readonly #context: Context;
  readonly #sessions = new Map<string, Session>();
  readonly #expiryTimers = new Map<Session, WheelTimer>();
  #connected = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get connectedCount(): number {
    return this.#connected;
  }

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  values(): Iterable<Session> {
    return this.#sessions.values();
  }

  create(info: ClientInfo): Session {
    const session = new Session(this.#context, info);
    this.#sessions.set(info.clientId, session);
    this.#context.counters.sessionCreated += 1;
    return session;
  }

  /** The client is back, or new: nothing expires while it is connected. */
  connected(session: Session): void {
    this.#connected += 1;
    const timer = this.#expiryTimers.get(session);
    if (timer !== undefined) this.#context.wheel.cancel(timer);
    this.#expiryTimers.delete(session);
  }

  /** The client is gone; its session lives on for its expiry interval [MQTT-3.1.2-23]. */
  disconnected(session: Session): void {
    this.#connected -= 1;
    session.detach();
    if (session.expiryInterval === 0) this.end(session, 'terminated');
    else if (session.expiryInterval < MAXIMUM_EXPIRY_SECONDS) this.#scheduleExpiry(session);
  }

  /** Removes a session with everything that belongs to it. Its connection, if any, has been closed. */
  end(session: Session, reason: EndReason): void {
    if (this.#sessions.get(session.clientId) !== session) return;
    this.#sessions.delete(session.clientId);
    const timer = this.#expiryTimers.get(session);
    if (timer !== undefined) this.#context.wheel.cancel(timer);
    this.#expiryTimers.delete(session);
    // The end of the session does not wait for the will's delay [MQTT-3.1.2-8].
    session.will?.publish();
    session.will = undefined;
    this.#unsubscribeAll(session);
    this.#redispatch(session);
    if (reason === 'discarded') this.#context.counters.sessionDiscarded += 1;
    this.#context.counters.sessionTerminated += 1;
  }

  #unsubscribeAll(session: Session): void {
    const { table, topics } = this.#context;
    for (const [filter, subscription] of session.subscriptions) {
      table.remove(filter, subscription);
      topics.invalidateFilter(filter);
    }
    session.subscriptions.clear();
  }

  /** What a member of a shared subscription did not acknowledge goes to another member. */
  #redispatch(session: Session): void {
    for (const { publication, receiver } of session.takeUndelivered()) {
      const chosen = receiver.group?.pick(publication.topic, publication.publisher.clientId);
      if (chosen !== undefined) chosen.subscriber.deliver(publication, chosen);
    }
  }

  #scheduleExpiry(session: Session): void {
    const timer = new WheelTimer(() => this.end(session, 'expired'));
    this.#expiryTimers.set(session, timer);
    this.#context.wheel.schedule(timer, session.expiryInterval * 1_000);
  }
}
