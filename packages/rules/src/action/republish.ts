import type { AckGate, Publisher, PublishRequest, PublishResult } from '@millrace/broker';
import type { OutcomeListener } from '@millrace/resource';
import type { RuleOutput } from '@millrace/rule-sql';
import { compileTemplate, isText, type Template, textOf, type Value } from '@millrace/values';
import type { RuleInput } from '../event/input.ts';
import type { RuleLog } from '../ports.ts';
import type { Throttle } from '../rule/throttle.ts';
import type { Action } from './action.ts';
import type { RepublishArgs } from './action-config.ts';
import { payloadRenderer } from './payload.ts';
import { placeholderReader } from './placeholder.ts';
import { RepublishProperties } from './republish-properties.ts';

type Qos = 0 | 1 | 2;

/** How deep rules may feed each other within one publish before it is taken for a loop. */
const MAX_DEPTH = 32;

/** What a republish needs from the node. */
export interface RepublishContext {
  publish(request: PublishRequest): PublishResult;
  readonly log: RuleLog;
  readonly throttle: Throttle;
  /** Republishes under way on the stack, shared by all rules of the node. */
  readonly nesting: { depth: number };
}

/** Publishes a new message made from what a rule selected. */
export class RepublishAction implements Action {
  readonly name = 'republish';
  readonly #context: RepublishContext;
  readonly #rule: string;
  readonly #publisher: Publisher;
  readonly #topic: (output: RuleOutput) => string;
  readonly #qos: (output: RuleOutput) => Qos;
  readonly #retain: (output: RuleOutput) => boolean;
  readonly #payload: (output: RuleOutput) => Uint8Array | string;
  readonly #properties: RepublishProperties;
  readonly #direct: (output: RuleOutput) => boolean;

  constructor(rule: string, args: RepublishArgs, context: RepublishContext) {
    this.#context = context;
    this.#rule = rule;
    this.#publisher = publisherOf(rule);
    this.#topic = topicRenderer(compileTemplate(args.topic));
    this.#qos = setting(args.qos ?? '${qos}', asQos);
    this.#retain = setting(args.retain ?? '${retain}', (value) => asFlag('retain', value));
    this.#payload = payloadRenderer(compileTemplate(args.payload === '' ? '${.}' : (args.payload ?? '${payload}')));
    this.#properties = new RepublishProperties(args);
    this.#direct = setting(args.direct_dispatch ?? false, (value) => asFlag('direct_dispatch', value));
  }

  run(output: RuleOutput, input: RuleInput, outcomes: OutcomeListener): AckGate | undefined {
    // a rule never republishes what it has republished itself
    if (input.message?.origin === this.#rule) {
      this.#reportLoop();
      outcomes.settled('success', 1);
      return undefined;
    }
    const result = this.#publish(this.#request(output, input));
    outcomes.settled('success', 1);
    return result.gate;
  }

  rehearse(output: RuleOutput, input: RuleInput): void {
    this.#request(output, input);
  }

  #publish(request: PublishRequest): PublishResult {
    const { nesting } = this.#context;
    if (nesting.depth >= MAX_DEPTH) {
      throw new Error(`${MAX_DEPTH} republishes started each other; rules feed themselves in a circle`);
    }
    nesting.depth += 1;
    try {
      return this.#context.publish(request);
    } finally {
      nesting.depth -= 1;
    }
  }

  #request(output: RuleOutput, input: RuleInput): PublishRequest {
    const properties = this.#properties.render(output, input.message);
    const request = {
      topic: this.#topic(output),
      payload: this.#payload(output),
      qos: this.#qos(output),
      retain: this.#retain(output),
      dup: input.message?.dup ?? false,
      publisher: this.#publisher,
      origin: this.#rule,
      direct: this.#direct(output),
    };
    return properties === undefined ? request : { ...request, properties };
  }

  #reportLoop(): void {
    this.#context.throttle.run(`${this.#rule}/loop`, (suppressed) =>
      this.#context.log.warn(
        { rule: this.#rule, suppressed },
        'rule got a message that it had republished itself; not republished again',
      ),
    );
  }
}

function publisherOf(rule: string): Publisher {
  return {
    clientId: rule,
    username: undefined,
    peerHost: undefined,
    peerPort: undefined,
    protocolVersion: undefined,
    attributes: {},
  };
}

function topicRenderer(template: Template): (output: RuleOutput) => string {
  if (!template.isConstant) return (output) => template.render(output);
  const topic = template.render({});
  return () => topic;
}

/** A setting that is a constant or one placeholder. */
function setting<T>(source: number | boolean | string, read: (value: Value) => T): (output: RuleOutput) => T {
  const placeholder = placeholderReader(compileTemplate(String(source)));
  if (placeholder !== undefined) return (output) => read(placeholder(output));
  const constant = read(source);
  return () => constant;
}

function asQos(value: Value): Qos {
  const qos = value === undefined || value === null ? 0 : Number(isText(value) ? textOf(value) : value);
  if (qos === 0 || qos === 1 || qos === 2) return qos;
  throw new Error('qos of the republished message is not 0, 1 or 2');
}

function asFlag(name: string, value: Value): boolean {
  const flag = isText(value) ? textOf(value) : value;
  if (flag === undefined || flag === null || flag === false || flag === 'false' || flag === 0 || flag === '0')
    return false;
  if (flag === true || flag === 'true' || flag === 1 || flag === '1') return true;
  throw new Error(`${name} of the republished message is neither true nor false`);
}
