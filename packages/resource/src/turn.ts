import type { Clock } from './ports.ts';

/** Takes part in the end of an event-loop turn. */
export interface TurnMember {
  /** First for all members: what was submitted becomes safe. */
  commit(): void;
  /** Then: what can be sent is sent. */
  pump(): void;
}

/** Gathers the work of a turn, so that a thousand records cost one write and one look at the lanes. */
export class Turn {
  readonly #clock: Clock;
  #members = new Set<TurnMember>();
  #isScheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  touch(member: TurnMember): void {
    this.#members.add(member);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.endOfTurn(() => this.#end());
  }

  /** Group commit of all members, before the turn ends. */
  commit(): void {
    for (const member of this.#members) member.commit();
  }

  #end(): void {
    this.#isScheduled = false;
    const members = this.#members;
    this.#members = new Set();
    for (const member of members) member.commit();
    for (const member of members) member.pump();
  }
}
