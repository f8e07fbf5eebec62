import { isText, readJson, type Value } from '@millrace/values';
import { SqlFailure } from '../errors.ts';
import type { EvaluationContext, FunctionContext } from '../functions/function.ts';
import type { Input } from '../input.ts';

/** Stands where no record has been built yet; each list of fields begins with one of its own. */
const NOTHING: Record<string, Value> = Object.freeze({});

/** What one rule works on while it is evaluated for one message. */
export class Frame implements FunctionContext {
  readonly input: Input;
  readonly context: EvaluationContext;
  /** The record that the running list of fields builds: fields see the earlier ones in it. */
  own: Record<string, Value> = NOTHING;
  /** A finished record that lies over the columns: the selection for WHERE, the FOREACH list for INCASE and DO. */
  overlay: Readonly<Record<string, Value>> = NOTHING;
  /** The element that FOREACH is at. */
  element: Value;
  #dictionary: Map<string, Value> | undefined;

  constructor(input: Input, context: EvaluationContext) {
    this.input = input;
    this.context = context;
  }

  column(name: string): Value {
    return this.input.get(name);
  }

  /** Without a connection, what is put lasts for this evaluation. */
  get dictionary(): Map<string, Value> {
    this.#dictionary ??= this.input.dictionary ?? new Map<string, Value>();
    return this.#dictionary;
  }

  /** What paths below `payload` start from. An event without payload has nothing there; text must be JSON. */
  decodedPayload(): Value {
    const payload = this.input.get('payload');
    if (!isText(payload)) return payload;
    try {
      return this.input.decodedPayload();
    } catch {
      throw new SqlFailure('decode_json_failed', 'the payload is not JSON, but a path below it is read');
    }
  }

  /** The value of a text that a path steps into, undefined when it is not JSON. The payload is decoded once for all. */
  readText(text: string | Uint8Array): Value {
    if (text !== this.input.get('payload')) return readJson(text);
    try {
      return this.input.decodedPayload();
    } catch {
      return undefined;
    }
  }
}
