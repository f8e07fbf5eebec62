import { setTimeout as sleep } from 'node:timers/promises';
import { recoverable, unrecoverable } from './errors.ts';

/** A topic as the cluster described it last. The object stays the same over refreshes. */
export interface Topic {
  readonly name: string;
  /** Node id of each partition's leader, −1 while it has none. */
  readonly leaders: readonly number[];
  /** `topic-partition`, what a sink calls the lanes. */
  readonly lanes: readonly string[];
}

/** What the cluster answers about one topic. */
export interface TopicAnswer {
  readonly errorCode: number;
  readonly leaders: readonly number[];
}

export interface TopicSettings {
  readonly minRefreshMs: number;
  readonly createTimeoutMs: number;
  readonly mayCreate: boolean;
}

interface Entry {
  readonly name: string;
  leaders: readonly number[];
  lanes: readonly string[];
  askedAt: number;
  isStale: boolean;
}

const UNKNOWN_TOPIC = 3;
const LEADER_NOT_AVAILABLE = 5;
const INVALID_TOPIC = 17;
const NOT_AUTHORIZED = 29;

/** An absent topic is not asked about again for so long. */
const UNKNOWN_FOR_MS = 30_000;
/** Bounds the memory that made-up topic names can take. */
const MOST_UNKNOWN = 10_000;
const CREATION_POLL_MS = 150;

/** Topics and their leaders, asked for when needed and not more often than allowed; what does not exist is remembered too. */
export class TopicDirectory {
  readonly #ask: (topic: string) => Promise<TopicAnswer>;
  readonly #settings: TopicSettings;
  readonly #now: () => number;
  readonly #known = new Map<string, Entry>();
  readonly #unknownUntil = new Map<string, number>();
  readonly #asking = new Map<string, Promise<Topic>>();

  constructor(ask: (topic: string) => Promise<TopicAnswer>, settings: TopicSettings, now: () => number = Date.now) {
    this.#ask = ask;
    this.#settings = settings;
    this.#now = now;
  }

  /** The topic when it is known, without asking. */
  known(name: string): Topic | undefined {
    return this.#known.get(name);
  }

  /** The topic, asked for when it is not known. Throws `KAFKA_UNKNOWN_TOPIC` when there is none. */
  async find(name: string): Promise<Topic> {
    return this.#known.get(name) ?? this.refresh(name);
  }

  /** The topic with its present leaders: asks again when a broker has said that they moved. */
  async current(name: string): Promise<Topic> {
    const entry = this.#known.get(name);
    return entry === undefined || entry.isStale ? this.refresh(name) : entry;
  }

  /** Leaders of the topic have moved. */
  invalidate(name: string): void {
    const entry = this.#known.get(name);
    if (entry !== undefined) entry.isStale = true;
  }

  /** A broker is gone: its partitions will get other leaders. */
  invalidateNode(node: number): void {
    for (const entry of this.#known.values()) if (entry.leaders.includes(node)) entry.isStale = true;
  }

  invalidateAll(): void {
    for (const entry of this.#known.values()) entry.isStale = true;
    this.#unknownUntil.clear();
  }

  /** As `refresh`, but forgets first that the topic did not exist: for the checks of an operator's fixed topic. */
  recheck(name: string): Promise<Topic> {
    this.#unknownUntil.delete(name);
    return this.refresh(name);
  }

  /** Asks the cluster, unless it was asked just now. Concurrent callers share one question. */
  refresh(name: string): Promise<Topic> {
    const running = this.#asking.get(name);
    if (running !== undefined) return running;
    const question = this.#refresh(name).finally(() => this.#asking.delete(name));
    this.#asking.set(name, question);
    return question;
  }

  async #refresh(name: string): Promise<Topic> {
    if ((this.#unknownUntil.get(name) ?? 0) > this.#now()) throw unknownTopic(name);
    const entry = this.#known.get(name);
    const wait = entry === undefined ? 0 : entry.askedAt + this.#settings.minRefreshMs - this.#now();
    if (entry !== undefined && wait > 0) {
      if (!entry.isStale) return entry;
      throw recoverable('KAFKA_NO_LEADER', `Leaders of topic ${name} have moved; asking again shortly`, {
        retryAfterMs: wait,
      });
    }
    const answer = await this.#askUntilCreated(name);
    return this.#take(name, answer);
  }

  /** A topic that the brokers are creating right now has no leaders at first. */
  async #askUntilCreated(name: string): Promise<TopicAnswer> {
    const deadline = this.#now() + this.#settings.createTimeoutMs;
    for (;;) {
      const answer = await this.#ask(name);
      const isComing = answer.errorCode === LEADER_NOT_AVAILABLE || answer.errorCode === UNKNOWN_TOPIC;
      if (!(isComing && this.#settings.mayCreate) || this.#now() >= deadline) return answer;
      await sleep(CREATION_POLL_MS, undefined, { ref: false });
    }
  }

  #take(name: string, { errorCode, leaders }: TopicAnswer): Topic {
    if (errorCode === UNKNOWN_TOPIC) {
      this.#known.delete(name);
      if (this.#unknownUntil.size >= MOST_UNKNOWN) this.#unknownUntil.clear();
      this.#unknownUntil.set(name, this.#now() + UNKNOWN_FOR_MS);
      throw unknownTopic(name);
    }
    if (errorCode === INVALID_TOPIC)
      throw unrecoverable('KAFKA_INVALID_TOPIC', `Kafka refuses ${name} as a topic name`);
    if (errorCode === NOT_AUTHORIZED) {
      throw recoverable(
        'KAFKA_NOT_AUTHORIZED',
        `The account may not use topic ${name}; give it the rights Describe and Write`,
      );
    }
    if (errorCode !== 0)
      throw recoverable('KAFKA_METADATA_FAILED', `Topic ${name} is not ready (error code ${errorCode})`);
    return this.#put(name, leaders);
  }

  #put(name: string, leaders: readonly number[]): Topic {
    const known = this.#known.get(name);
    const entry: Entry = known ?? { name, leaders, lanes: [], askedAt: 0, isStale: false };
    entry.leaders = leaders;
    if (entry.lanes.length !== leaders.length) entry.lanes = leaders.map((_, partition) => `${name}-${partition}`);
    entry.askedAt = this.#now();
    entry.isStale = false;
    this.#known.set(name, entry);
    this.#unknownUntil.delete(name);
    return entry;
  }
}

function unknownTopic(name: string): Error {
  return unrecoverable(
    'KAFKA_UNKNOWN_TOPIC',
    `Topic ${name} does not exist; create it, or set allow_auto_topic_creation on the connector`,
  );
}
