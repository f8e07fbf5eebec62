import type { Message } from '@millrace/broker';
import type { RuleOutput } from '@millrace/rule-sql';
import { compileTemplate, isObject, type Template, toText, type Value } from '@millrace/values';
import type { Properties } from '../event/properties.ts';
import type { RepublishArgs } from './action-config.ts';
import { placeholderReader } from './placeholder.ts';

type MutableProperties = { -readonly [K in keyof Properties]: Properties[K] };
type Write = (properties: MutableProperties, text: string) => void;

/** Copies the pairs of the triggering message, duplicates included, without selecting them. */
const COPY_USER_PROPERTIES = "${pub_props.'User-Property'}";

const WRITERS: Readonly<Record<string, Write>> = {
  'Payload-Format-Indicator': (properties, text) => {
    const value = wholeNumber(text, 1);
    if (value !== undefined) properties.payloadFormatIndicator = value;
  },
  'Message-Expiry-Interval': (properties, text) => {
    const value = wholeNumber(text, 0xff_ff_ff_ff);
    if (value !== undefined) properties.messageExpiryInterval = value;
  },
  'Content-Type': (properties, text) => {
    properties.contentType = text;
  },
  'Response-Topic': (properties, text) => {
    properties.responseTopic = text;
  },
  'Correlation-Data': (properties, text) => {
    properties.correlationData = Buffer.from(text);
  },
};

/** The MQTT 5 properties of a republished message. */
export class RepublishProperties {
  readonly #templates: readonly (readonly [Write, Template])[];
  readonly #userProperties: ((output: RuleOutput) => Value) | undefined;
  readonly #copiesUserProperties: boolean;

  constructor(args: RepublishArgs) {
    this.#templates = Object.entries(args.mqtt_properties ?? {}).flatMap(([name, source]) => {
      const write = WRITERS[name];
      return write === undefined ? [] : [[write, compileTemplate(String(source))] as const];
    });
    const source = args.user_properties ?? '${user_properties}';
    this.#copiesUserProperties = source === COPY_USER_PROPERTIES;
    this.#userProperties = placeholderReader(compileTemplate(source));
  }

  /** Undefined when the message has none. */
  render(output: RuleOutput, trigger: Message | undefined): Properties | undefined {
    const pairs = this.#copiesUserProperties
      ? trigger?.properties?.userProperties
      : pairsOf(this.#userProperties?.(output));
    if (pairs === undefined && this.#templates.length === 0) return undefined;
    const properties: MutableProperties = {};
    for (const [write, template] of this.#templates) write(properties, template.render(output));
    if (pairs !== undefined) properties.userProperties = pairs;
    return properties;
  }
}

function pairsOf(value: Value): [string, string][] | undefined {
  if (!isObject(value)) return undefined;
  const pairs = Object.entries(value).map(([key, item]): [string, string] => [key, toText(item)]);
  return pairs.length === 0 ? undefined : pairs;
}

function wholeNumber(text: string, max: number): number | undefined {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value <= max ? value : undefined;
}
