import { isObject, isText, ownProperty, readJson, textOf, type Value } from '@millrace/values';
import { compareValues, isSame } from '../evaluate/compare.ts';
import { topicMatches } from '../evaluate/topic.ts';
import { familyOf, refuse } from './define.ts';
import type { FunctionContext, SqlFunction } from './function.ts';
import { valueAt } from './objects.ts';
import { any, array, optional, pureText, smallInteger } from './params.ts';

const define = familyOf('column');

/** Functions that give a column: name, column, what it is. */
const COLUMNS = [
  ['clientid', 'clientid', 'Client that published'],
  ['username', 'username', 'User that published'],
  ['topic', 'topic', 'Topic'],
  ['qos', 'qos', 'Quality of service'],
  ['payload', 'payload', 'Payload'],
  ['msgid', 'id', 'Identifier of the message'],
  ['peerhost', 'peerhost', 'Address of the client'],
  ['clientip', 'peerhost', 'Address of the client'],
] as const;

export const columnFunctions: readonly SqlFunction[] = [
  ...COLUMNS.map(([name, column, summary]) =>
    define({
      signature: `${name}()`,
      summary: `${summary}, as the column ${column}.`,
      examples: [],
      params: [],
      run: (_, context) => context.column(column),
    }),
  ),
  define({
    signature: 'flags()',
    summary: 'Flags of the message, an empty object when there are none.',
    examples: [['flags()', '{}']],
    params: [],
    run: (_, context) => context.column('flags') ?? {},
  }),
  define({
    signature: 'flag(name)',
    summary: 'One flag of the message.',
    examples: [["flag('retain')", '"undefined"']],
    params: [pureText],
    run: ([name], context) => valueAt(context.column('flags'), [name]),
  }),
  define({
    signature: 'topic(n)',
    summary: 'Level of the topic, counted from 1.',
    examples: [],
    params: [smallInteger],
    run: ([n], context) => topicLevels(context)[n - 1],
  }),
  define({
    signature: 'payload(path)',
    summary: 'Value at a dotted path in the JSON payload.',
    examples: [],
    params: [pureText],
    run: ([path], context) => valueAt(decoded(context.column('payload')), path.split('.')),
  }),
  ...(['contains_topic', 'contains_topic_match'] as const).map((name) =>
    define({
      signature: `${name}(list, topic[, qos])`,
      summary: `True when an array of {"topic", "qos"} has the topic${name === 'contains_topic' ? '' : ' or a filter that matches it'}.`,
      examples: [[`${name}([], 'a')`, 'false']],
      params: [array, pureText, optional(any)],
      run: ([list, topic, qos]) => list.some((entry) => isEntry(entry, topic, qos, name === 'contains_topic_match')),
    }),
  ),
];

function topicLevels(context: FunctionContext): readonly string[] {
  const topic = context.column('topic');
  return isText(topic) ? textOf(topic).split('/') : [];
}

function decoded(payload: Value): Value {
  return isText(payload) ? (readJson(payload) ?? refuse('the payload is not JSON')) : payload;
}

function isEntry(entry: Value, topic: string, qos: Value, withWildcards: boolean): boolean {
  if (!isObject(entry)) return false;
  const filter = ownProperty(entry, 'topic');
  if (!isText(filter)) return false;
  const isTopic = withWildcards ? topicMatches(topic, textOf(filter)) : isSame(filter, topic);
  return isTopic && (qos === undefined || compareValues('=', ownProperty(entry, 'qos'), qos));
}
