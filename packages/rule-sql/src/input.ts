import { isText, ownProperty, parseJson, type Value } from '@millrace/values';

/** The record a rule selects; actions see nothing else. */
export type RuleOutput = { readonly [column: string]: Value };

/** The columns of one message or event, shared by all rules that it starts. Values are never changed by a rule. */
export interface Input {
  /** The column, undefined when there is none of that name. */
  get(column: string): Value;
  /** All columns, in the order in which `*` shows them. The caller may change the record. */
  all(): Record<string, Value>;
  /** The payload as JSON, decoded at most once for all rules. Throws when it is none. */
  decodedPayload(): Value;
  /** What `proc_dict_*` keep: one for each publishing connection. */
  readonly dictionary?: Map<string, Value>;
}

/** Columns that are known beforehand. */
export function inputOf(columns: RuleOutput): Input {
  let decoded: { readonly value: Value } | undefined;
  return {
    get: (column) => ownProperty(columns, column),
    all: () => ({ ...columns }),
    decodedPayload: () => {
      decoded ??= { value: decode(columns['payload']) };
      return decoded.value;
    },
  };
}

function decode(payload: Value): Value {
  return isText(payload) ? parseJson(payload) : payload;
}
