import type { HookEvents, Hooks, Message } from '@millrace/broker';
import * as columns from './columns.ts';
import { type Columns, EventInput, type EventOrigin, type RuleInput } from './input.ts';

/** One kind of event that rules can select from, besides published messages. */
export interface EventKind {
  /** Dotted name: the `event` column. */
  readonly event: string;
  /** Name to put in FROM (since 5.10). */
  readonly topic: string;
  /** Older name of the same event. */
  readonly oldTopic: string | undefined;
  /** Registers with the broker; undefined for events that come from elsewhere (`RuleEngine.emit`). */
  readonly listen: Listen | undefined;
}

/** Makes the inputs of an event from a hook and hands them on, until the answer is called. */
type Listen = (hooks: Hooks, origin: () => EventOrigin, fire: (input: RuleInput) => void) => () => void;

type HookEvent<K extends keyof HookEvents> = Parameters<HookEvents[K]>[0];

/** Every event of EMQX 5 with both of its names. */
export const eventKinds: readonly EventKind[] = [
  kind('client.connected', 'client/connected', 'client_connected', on('clientConnected', columns.clientConnected)),
  kind(
    'client.disconnected',
    'client/disconnected',
    'client_disconnected',
    on('clientDisconnected', columns.clientDisconnected),
  ),
  kind('client.connack', 'client/connack', 'client_connack', on('clientConnack', columns.clientConnack)),
  kind(
    'client.check_authz_complete',
    'auth/check_authz_complete',
    'client_check_authz_complete',
    on('authorized', columns.clientCheckAuthzComplete),
  ),
  kind(
    'client.check_authn_complete',
    'auth/check_authn_complete',
    'client_check_authn_complete',
    on('authenticated', columns.clientCheckAuthnComplete),
  ),
  kind(
    'session.subscribed',
    'session/subscribed',
    'session_subscribed',
    on('sessionSubscribed', columns.sessionSubscribed),
  ),
  kind(
    'session.unsubscribed',
    'session/unsubscribed',
    'session_unsubscribed',
    on('sessionUnsubscribed', columns.sessionUnsubscribed),
  ),
  kind(
    'message.delivered',
    'message/delivered',
    'message_delivered',
    onMessage('messageDelivered', columns.messageDelivered),
  ),
  kind('message.acked', 'message/acked', 'message_acked', onMessage('messageAcked', columns.messageAcked)),
  kind('message.dropped', 'message/dropped', 'message_dropped', onMessage('messageDropped', columns.messageDropped)),
  kind(
    'delivery.dropped',
    'message/delivery_dropped',
    'delivery_dropped',
    onMessage('deliveryDropped', columns.deliveryDropped),
  ),
  kind('schema.validation_failed', 'schema_validation/failed', 'schema_validation_failed'),
  kind('message.transformation_failed', 'message_transformation/failed', 'message_transformation_failed'),
  kind('alarm.activated', 'sys/alarm_activated'),
  kind('alarm.deactivated', 'sys/alarm_deactivated'),
];

/** True for FROM items that name events, not topics of messages. */
export function isEventTopic(filter: string): boolean {
  return filter.startsWith('$events/') || filter.startsWith('$bridges/') || filter.startsWith('$sources/');
}

function kind(event: string, topic: string, oldTopic?: string, listen?: Listen): EventKind {
  return {
    event,
    topic: `$events/${topic}`,
    oldTopic: oldTopic === undefined ? undefined : `$events/${oldTopic}`,
    listen,
  };
}

function on<K extends keyof HookEvents>(hook: K, table: Columns<HookEvent<K>>): Listen {
  return (hooks, origin, fire) =>
    hooks.on(hook, (event: HookEvent<K>) => {
      const { node, timestamp } = origin();
      fire(new EventInput(table, event, node, timestamp));
    });
}

type MessageHook = 'messageDelivered' | 'messageAcked' | 'messageDropped' | 'deliveryDropped';

function onMessage<K extends MessageHook>(hook: K, table: Columns<HookEvent<K>>): Listen {
  return (hooks, origin, fire) =>
    hooks.on(hook, (event: HookEvent<K> & { readonly message: Message }) => {
      const { node, timestamp } = origin();
      fire(new EventInput(table, event, node, timestamp, event.message));
    });
}
