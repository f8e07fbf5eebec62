import { RuleConfigError } from '../errors.ts';
import { currentActionId } from './v1-names.ts';

/** An item of a rule's `actions`, as users write it. */
export type ActionConfig =
  | string
  | { readonly function: 'console'; readonly args?: object }
  | { readonly function: 'republish'; readonly args: RepublishArgs };

/** Arguments of a republish; texts are `${…}` templates. */
export interface RepublishArgs {
  readonly topic: string;
  readonly qos?: number | string;
  readonly retain?: boolean | string;
  readonly payload?: string;
  readonly user_properties?: string;
  readonly mqtt_properties?: Readonly<Record<string, string | number>>;
  readonly direct_dispatch?: boolean | string;
}

/** What an item of `actions` means. */
export type ActionReference =
  | { readonly kind: 'sink'; readonly id: string }
  | { readonly kind: 'console' }
  | { readonly kind: 'republish'; readonly args: RepublishArgs };

const ACTION_ID = /^[a-z][a-z0-9_]*:[0-9a-zA-Z][-0-9a-zA-Z_]*$/;

/** Reads one item of `actions`. Throws {@link RuleConfigError}. */
export function parseAction(action: unknown, path: string): ActionReference {
  if (typeof action === 'string') return sinkReference(action, path);
  const fields = asObject(action, path);
  if (fields['function'] === 'console') return { kind: 'console' };
  if (fields['function'] === 'republish')
    return { kind: 'republish', args: republishArgs(fields['args'], `${path}.args`) };
  throw new RuleConfigError(
    `${path}.function`,
    'not known; write "republish" or "console", or an action as the text "TYPE:NAME" (Erlang functions cannot be called)',
  );
}

function sinkReference(id: string, path: string): ActionReference {
  if (!ACTION_ID.test(id)) throw new RuleConfigError(path, `"${id}" is no action id; write TYPE:NAME`);
  return { kind: 'sink', id: currentActionId(id) };
}

function republishArgs(value: unknown, path: string): RepublishArgs {
  const args = asObject(value, path);
  if (typeof args['topic'] !== 'string' || args['topic'] === '') {
    throw new RuleConfigError(`${path}.topic`, 'required: the topic to publish to, e.g. "alerts/${clientid}"');
  }
  check(args, path, 'qos', 'write 0, 1, 2 or one placeholder such as "${qos}"', isQosOrPlaceholder);
  check(args, path, 'retain', 'write true, false or one placeholder such as "${retain}"', isFlagOrPlaceholder);
  check(args, path, 'direct_dispatch', 'write true, false or one placeholder', isFlagOrPlaceholder);
  check(args, path, 'payload', 'must be text', isText);
  check(args, path, 'user_properties', 'must be text with one placeholder', isText);
  check(args, path, 'mqtt_properties', 'must be an object', isObject);
  return args as unknown as RepublishArgs;
}

function check(
  args: Record<string, unknown>,
  path: string,
  name: string,
  message: string,
  accepts: (value: unknown) => boolean,
): void {
  const value = args[name];
  if (value !== undefined && !accepts(value)) throw new RuleConfigError(`${path}.${name}`, message);
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlaceholder = (value: unknown): boolean => typeof value === 'string' && /^\$\{[\w.]*\}$/.test(value);
const isQosOrPlaceholder = (value: unknown): boolean => /^[012]$/.test(String(value)) || isPlaceholder(value);
const isFlagOrPlaceholder = (value: unknown): boolean => /^(true|false)$/.test(String(value)) || isPlaceholder(value);

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (!isObject(value)) throw new RuleConfigError(path, 'must be an object, or an action as the text "TYPE:NAME"');
  return value as Record<string, unknown>;
}
