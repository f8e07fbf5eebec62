import type { Message } from '@millrace/broker';
import type { Input } from '@millrace/rule-sql';
import { parseJson, textOf, type Value } from '@millrace/values';

/** Where and when something happened. */
export interface EventOrigin {
  readonly node: string;
  /** ms since the epoch. */
  readonly timestamp: number;
}

/**
 * What feeds rules: the columns of one message or event, shared by all rules that it starts. Columns are made when they
 * are asked for, and the payload is decoded at most once.
 */
export abstract class RuleInput implements Input {
  /** The rule that reads at the moment; the engine sets it before each rule, for `metadata`. */
  ruleId = '';
  readonly node: string;
  /** When it happened, ms since the epoch. */
  readonly timestamp: number;
  /** The MQTT message behind the event, when there is one. */
  readonly message: Message | undefined;
  #decoded: Value;
  #decoding: 'not yet' | 'done' | 'failed' = 'not yet';
  #decodeError: unknown;

  constructor(node: string, timestamp: number, message: Message | undefined) {
    this.node = node;
    this.timestamp = timestamp;
    this.message = message;
  }

  abstract get(column: string): Value;
  abstract all(): Record<string, Value>;

  /** The payload as JSON. Throws, each time, when it is none. */
  decodedPayload(): Value {
    if (this.#decoding === 'not yet') this.#decode();
    if (this.#decoding === 'failed') throw this.#decodeError;
    return this.#decoded;
  }

  /** What `proc_dict_*` functions keep for the publishing connection. */
  get dictionary(): Map<string, Value> {
    const owner = this.message?.publisher ?? this;
    const known = dictionaries.get(owner);
    if (known !== undefined) return known;
    const dictionary = new Map<string, Value>();
    dictionaries.set(owner, dictionary);
    return dictionary;
  }

  /** `clientid` as text; empty when the event has none. */
  get clientId(): string {
    return this.message?.publisher.clientId ?? textColumn(this.get('clientid'));
  }

  /** `topic` as text; empty when the event has none. */
  get topic(): string {
    return this.message?.topic ?? textColumn(this.get('topic'));
  }

  #decode(): void {
    const payload = this.get('payload');
    try {
      this.#decoded = typeof payload === 'string' || payload instanceof Uint8Array ? parseJson(payload) : payload;
      this.#decoding = 'done';
    } catch (error) {
      this.#decodeError = error;
      this.#decoding = 'failed';
    }
  }
}

/** Gone with the connection that they belong to. */
const dictionaries = new WeakMap<object, Map<string, Value>>();

function textColumn(value: Value): string {
  return typeof value === 'string' || value instanceof Uint8Array ? textOf(value) : '';
}

/** How a column is made from what happened. */
export type Column<E> = (event: E, input: RuleInput) => Value;

/** Columns of a kind of event, in the order in which `*` shows them. */
export type Columns<E> = ReadonlyMap<string, Column<E>>;

/** Columns read from a hook's event. */
export class EventInput<E> extends RuleInput {
  readonly #columns: Columns<E>;
  readonly #event: E;

  constructor(columns: Columns<E>, event: E, node: string, timestamp: number, message?: Message) {
    super(node, timestamp, message);
    this.#columns = columns;
    this.#event = event;
  }

  override get(column: string): Value {
    // asked for once for each path below it, by every rule
    if (column === 'payload' && this.message !== undefined) return this.message.payload;
    const read = this.#columns.get(column);
    return read === undefined ? undefined : read(this.#event, this);
  }

  override all(): Record<string, Value> {
    const record: Record<string, Value> = {};
    for (const [name, read] of this.#columns) record[name] = read(this.#event, this);
    return record;
  }
}

/** Columns that come ready made: from a source, an alarm, or somebody who tries a rule out. */
export class RecordInput extends RuleInput {
  readonly #record: Readonly<Record<string, Value>>;

  constructor(record: Readonly<Record<string, Value>>, origin: EventOrigin) {
    super(origin.node, origin.timestamp, undefined);
    this.#record = record;
  }

  override get(column: string): Value {
    if (column === 'metadata') return { rule_id: this.ruleId };
    if (Object.hasOwn(this.#record, column)) return this.#record[column];
    if (column === 'timestamp') return this.timestamp;
    return column === 'node' ? this.node : undefined;
  }

  override all(): Record<string, Value> {
    return { timestamp: this.timestamp, node: this.node, ...this.#record, metadata: { rule_id: this.ruleId } };
  }
}
