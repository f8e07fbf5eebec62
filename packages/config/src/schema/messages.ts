import { byteSize, duration, flag, numberField, textField } from '@millrace/contract';
import { z } from 'zod';
import { choice, ignored, limit, rate } from './fields.ts';

const unlimitedCount = (description: string) => numberField({ description, min: 0 });

export const retainer = z
  .strictObject({
    enable: flag({ description: 'Whether messages are retained.' }).prefault(true),
    msg_expiry_interval: duration({
      description: 'Life of a retained message that brings none; 0 is forever.',
    }).prefault('0s'),
    msg_clear_interval: duration({ description: 'Time between clean-ups; 0 decides itself.', advanced: true }).prefault(
      '0s',
    ),
    max_payload_size: byteSize({ description: 'Longest payload that is retained.' }).prefault('1MB'),
    stop_publish_clear_msg: flag({
      description: 'An empty retained message is not delivered, it only deletes.',
    }).prefault(false),
    delivery_rate: rate({ description: 'Retained messages delivered.', aliases: ['deliver_rate'] }).prefault('1000/s'),
    allow_never_expire: flag({ description: 'Whether a message may be kept forever.' }).prefault(true),
    msg_expiry_interval_override: z
      .union([z.literal('disabled'), duration({ description: 'Life.' })])
      .prefault('disabled')
      .meta({ description: 'Life of every retained message, whatever it brings.' }),
    max_publish_rate: rate({ description: 'Retained messages taken.', since: '5.8.4' }).prefault('infinity'),
    delivery: ignored(),
    flow_control: ignored(),
    backend: z
      .strictObject({
        type: choice(['built_in_database'], { description: 'The store.' }).prefault('built_in_database'),
        storage_type: choice(['ram', 'disc'], {
          description: 'Accepted for compatibility; messages are kept on disk.',
        }).prefault('ram'),
        max_retained_messages: unlimitedCount('Most messages; 0 is unlimited.').prefault(0),
        index_specs: ignored(),
        enable: ignored(),
      })
      .prefault({})
      .meta({ description: 'Where retained messages are kept.' }),
  })
  .prefault({})
  .meta({ description: 'Retained messages.' });

export const delayed = z
  .strictObject({
    enable: flag({ description: 'Whether `$delayed/…` is served.' }).prefault(true),
    max_delayed_messages: unlimitedCount('Most messages that wait; 0 is unlimited.').prefault(0),
  })
  .prefault({})
  .meta({ description: 'Messages that are published later.' });

export const sysTopics = z
  .strictObject({
    sys_msg_interval: z
      .union([z.literal('disabled'), duration({ description: 'Time.' })])
      .prefault('1m')
      .meta({ description: 'Time between the statistics under `$SYS`.' }),
    sys_heartbeat_interval: z
      .union([z.literal('disabled'), duration({ description: 'Time.' })])
      .prefault('30s')
      .meta({ description: 'Time between the uptime messages under `$SYS`.' }),
    sys_event_messages: z
      .strictObject({
        client_connected: flag({ description: 'Tell when a client connects.' }).prefault(true),
        client_disconnected: flag({ description: 'Tell when a client leaves.' }).prefault(true),
        client_subscribed: flag({ description: 'Tell when a client subscribes.' }).prefault(false),
        client_unsubscribed: flag({ description: 'Tell when a client unsubscribes.' }).prefault(false),
      })
      .prefault({})
      .meta({ description: 'Events of clients under `$SYS`.' }),
  })
  .prefault({})
  .meta({ description: 'Topics under `$SYS`.' });

export const rewrite = z
  .array(
    z.strictObject({
      action: choice(['subscribe', 'publish', 'all'], { description: 'What is rewritten.' }).prefault('all'),
      source_topic: textField({ description: 'Filter of the topics.' }),
      dest_topic: textField({ description: 'The new topic; `$1` is the first group of `re`.' }),
      re: textField({ description: 'Regular expression over the topic.' }),
    }),
  )
  .prefault([])
  .meta({ description: 'Topics that are replaced by others.' });

export const autoSubscribe = z
  .strictObject({
    topics: z
      .array(
        z.strictObject({
          topic: textField({
            description: 'Topic filter; `${clientid}`, `${username}`, `${host}` and `${port}` are replaced.',
          }),
          qos: numberField({ description: 'QoS.', min: 0, max: 2 }).prefault(0),
          rh: numberField({ description: 'Retain handling.', min: 0, max: 2 }).prefault(0),
          rap: numberField({ description: 'Retain as published.', min: 0, max: 1 }).prefault(0),
          nl: numberField({ description: 'No local.', min: 0, max: 1 }).prefault(0),
        }),
      )
      .prefault([])
      .meta({ description: 'The subscriptions.' }),
  })
  .prefault({})
  .meta({ description: 'Subscriptions that every client gets when it connects.' });

export const topicMetrics = z
  .array(z.strictObject({ topic: textField({ description: 'The topic.' }) }))
  .prefault([])
  .meta({ description: 'Topics whose messages are counted.' });

export const slowSubs = z
  .strictObject({
    enable: flag({ description: 'Whether slow subscriptions are listed.' }).prefault(false),
    threshold: duration({ description: 'A delivery that takes longer is slow.' }).prefault('500ms'),
    expire_interval: duration({ description: 'Life of an entry.' }).prefault('300s'),
    top_k_num: limit({ description: 'Entries listed.', min: 1 }).prefault(10),
    stats_type: choice(['whole', 'internal', 'response'], { description: 'What is timed.' }).prefault('whole'),
  })
  .prefault({})
  .meta({ description: 'Subscriptions that are served slowly.' });

export const flappingDetect = z
  .strictObject({
    enable: flag({ description: 'Whether clients that come and go are banned.' }).prefault(false),
    window_time: duration({ description: 'Time over which disconnects are counted.' }).prefault('1m'),
    max_count: limit({ description: 'Disconnects before a client is banned.', min: 1 }).prefault(15),
    ban_time: duration({ description: 'Length of the ban.' }).prefault('5m'),
  })
  .prefault({})
  .meta({ description: 'Clients that connect and disconnect all the time.' });
