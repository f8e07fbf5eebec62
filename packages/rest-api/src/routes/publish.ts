import type { Broker, Publisher } from '@millrace/broker';
import { z } from 'zod';
import { type Api, answers, errorBody } from '../http/api.ts';
import type { ApiPorts } from '../ports.ts';

type PublishRequest = Parameters<Broker['publish']>[0];

const tags = ['Publish'];
const message = z
  .object({
    topic: z.string().meta({ examples: ['devices/d1/commands'] }),
    payload: z.string(),
    payload_encoding: z.enum(['plain', 'base64']).default('plain'),
    qos: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
    retain: z.boolean().default(false),
    clientid: z.string().optional().meta({ description: 'Accepted and ignored.' }),
    properties: z
      .object({
        payload_format_indicator: z.union([z.literal(0), z.literal(1)]),
        message_expiry_interval: z.int().min(0).max(0xff_ff_ff_ff),
        response_topic: z.string(),
        correlation_data: z.string(),
        user_properties: z.record(z.string(), z.string()),
        content_type: z.string(),
      })
      .partial()
      .optional(),
  })
  .meta({ id: 'Publish' });
type PublishBody = z.output<typeof message>;

const published = z.object({ id: z.string() });
const refused = z.object({
  reason_code: z.int(),
  message: z.string(),
  code: z.union([z.int(), z.string()]).optional(),
});
const outcome = z.union([published, refused]);
const invalid = z.union([refused, errorBody]);

interface Outcome {
  readonly status: 200 | 202 | 400;
  readonly body: z.output<typeof outcome>;
}

interface Refusal {
  readonly status: 400;
  readonly body: z.output<typeof refused>;
}

/** Who publishes, as rules and hooks see it. */
const PUBLISHER: Publisher = {
  clientId: 'http_api',
  username: undefined,
  peerHost: undefined,
  peerPort: undefined,
  protocolVersion: undefined,
  attributes: {},
};

const TOPIC_INVALID = refusal(144, 'topic_name_invalid');
const TOO_LARGE = refusal(151, 'packet_too_large');
const BAD_PAYLOAD = refusal(131, 'payload is not base64');
const NO_SUBSCRIBERS: Outcome = { status: 202, body: { reason_code: 16, message: 'no_matching_subscribers' } };

export function publishRoutes(api: Api, ports: ApiPorts): void {
  const response = answers({ 200: published, 202: refused, 400: invalid }, 401, 403);
  api.post(
    '/publish',
    { schema: { tags, summary: 'Publish a message', body: message, response } },
    async ({ body }, reply) => {
      const { status, body: answer } = problemWith(body, ports) ?? publish(body, ports);
      return reply.status(status).send(answer);
    },
  );

  api.post(
    '/publish/bulk',
    {
      schema: {
        tags,
        summary: 'Publish messages in order; one that is not valid refuses them all',
        body: z.array(message).min(1),
        response: answers({ 200: z.array(outcome), 202: z.array(outcome), 400: invalid }, 401, 403),
      },
    },
    async ({ body }, reply) => {
      const problem = body.map((one) => problemWith(one, ports)).find((one) => one !== undefined);
      if (problem !== undefined) return reply.status(400).send(problem.body);
      const outcomes = body.map((one) => publish(one, ports));
      const status = outcomes.every((one) => one.status === 200) ? 200 : 202;
      return reply.status(status).send(outcomes.map((one) => one.body));
    },
  );
}

function publish(body: PublishBody, { broker }: ApiPorts): Outcome {
  const { id, receivers } = broker.publish(requestOf(body));
  return receivers === 0 ? NO_SUBSCRIBERS : { status: 200, body: { id } };
}

function problemWith(body: PublishBody, { config }: ApiPorts): Refusal | undefined {
  const { max_packet_size: mostBytes, max_topic_levels: mostLevels } = config.get('mqtt');
  const { topic, payload_encoding: encoding, properties } = body;
  if (!isTopicName(topic) || topic.split('/').length > mostLevels) return TOPIC_INVALID;
  if (properties?.response_topic !== undefined && !isTopicName(properties.response_topic)) return TOPIC_INVALID;
  if (encoding === 'base64' && !isBase64(body.payload)) return BAD_PAYLOAD;
  return payloadOf(body).length > mostBytes ? TOO_LARGE : undefined;
}

function requestOf(body: PublishBody): PublishRequest {
  const properties = propertiesOf(body.properties);
  return {
    topic: body.topic,
    payload: payloadOf(body),
    qos: body.qos,
    retain: body.retain,
    publisher: PUBLISHER,
    ...(properties === undefined ? undefined : { properties }),
  };
}

function propertiesOf(given: PublishBody['properties']): PublishRequest['properties'] {
  if (given === undefined) return undefined;
  const { correlation_data: correlation, user_properties: user } = given;
  const properties = {
    payloadFormatIndicator: given.payload_format_indicator,
    messageExpiryInterval: given.message_expiry_interval,
    responseTopic: given.response_topic,
    correlationData: correlation === undefined ? undefined : Buffer.from(correlation),
    userProperties: user === undefined ? undefined : Object.entries(user),
    contentType: given.content_type,
  };
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

function payloadOf({ payload, payload_encoding: encoding }: PublishBody): Buffer {
  return Buffer.from(payload, encoding === 'base64' ? 'base64' : 'utf8');
}

/** [MQTT-3.3.2-2] and [MQTT-3.3.2-14] no wildcards; [MQTT-4.7.3-1] at least one character; [MQTT-4.7.3-2] no null character. */
function isTopicName(topic: string): boolean {
  return (
    topic !== '' &&
    Buffer.byteLength(topic) <= 65_535 &&
    !/[+#]/.test(topic) &&
    !topic.includes('\0') &&
    topic.isWellFormed()
  );
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0;
}

/** Clients read `reason_code`; documents name `code`. */
function refusal(code: number, message: string): Refusal {
  return { status: 400, body: { reason_code: code, code, message } };
}
