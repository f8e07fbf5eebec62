import { toText, type Value } from '@millrace/values';
import { type FieldType, fieldType, type SampleKind, sampleKinds } from './samples.ts';

/** A test context that cannot be used; the message is for the person who wrote it. */
export class TestContextError extends Error {
  constructor(message: string) {
    super(`Bad Arguments: ${message}`);
    this.name = 'TestContextError';
  }
}

/** What a test context stands for. */
export interface TestEvent {
  readonly kind: SampleKind;
  /** All columns but `metadata`. */
  readonly columns: Readonly<Record<string, Value>>;
  /** Topics that FROM is compared with; the first is the event's own. */
  readonly topics: readonly string[];
}

/** Older name of an event type, and ours. */
const ALIASES: Readonly<Record<string, string>> = { bridge_mqtt: '$bridges/mqtt:*' };

/** Completes a test context with samples. Throws {@link TestContextError} for unknown or ill-typed fields. */
export function readTestContext(context: Readonly<Record<string, unknown>>, node: string, now: number): TestEvent {
  const kind = kindOf(context['event_type']);
  const given = givenFields(kind, context);
  const sample = kind.sample(now);
  const columns: Record<string, Value> = { event: kind.event, timestamp: now, node, ...sample, ...given };
  if (kind.type === 'message_publish') return { kind, columns, topics: [toText(columns['topic'])] };
  const named = context['event_topic'];
  return { kind, columns, topics: typeof named === 'string' ? [named, ...kind.topics] : kind.topics };
}

function kindOf(type: unknown): SampleKind {
  if (typeof type !== 'string') throw new TestContextError('context.event_type is required, e.g. "message_publish"');
  const kind = sampleKinds.find((candidate) => candidate.type === (ALIASES[type] ?? type));
  if (kind === undefined) {
    const known = sampleKinds.map((candidate) => candidate.type).join(', ');
    throw new TestContextError(`context.event_type "${type}" is not known; use one of ${known}`);
  }
  return kind;
}

function givenFields(kind: SampleKind, context: Readonly<Record<string, unknown>>): Record<string, Value> {
  const given: Record<string, Value> = {};
  for (const [field, value] of Object.entries(context)) {
    if (field === 'event_type' || field === 'event_topic') continue;
    if (!kind.fields.includes(field)) {
      throw new TestContextError(`context.${field} is not known for ${kind.type}; it takes ${kind.fields.join(', ')}`);
    }
    checkType(field, value);
    given[field] = value as Value;
  }
  return given;
}

function checkType(field: string, value: unknown): void {
  const wanted = fieldType(field);
  if (!ACCEPTS[wanted](value)) throw new TestContextError(`context.${field} must be ${wanted}`);
  if (field === 'qos' && Number(value) > 2) throw new TestContextError('context.qos must be 0, 1 or 2');
}

const ACCEPTS: Readonly<Record<FieldType, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  'whole number': (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  'true or false': (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};
