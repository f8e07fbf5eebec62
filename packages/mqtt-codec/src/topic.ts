import { byteAt } from './bytes.ts';
import { MalformedPacketError } from './handler.ts';
import { TOPIC_FILTER_INVALID, TOPIC_NAME_INVALID } from './malformed.ts';
import { isValidText, isWellFormedUtf8, stringError } from './utf8.ts';

const PLUS = 0x2b;
const HASH = 0x23;
const SHARE_PREFIX = '$share/';

/** Whether the bytes may be a topic name: non-empty MQTT string without wildcards. */
export function isValidTopicNameBytes(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  let isAscii = true;
  for (let at = start; at < end; at++) {
    const byte = byteAt(bytes, at);
    if (byte === 0 || byte === PLUS || byte === HASH) return false;
    if (byte > 0x7f) isAscii = false;
  }
  return isAscii || isWellFormedUtf8(bytes, start, end);
}

/** Whether a text may be a topic name. */
export function isValidTopicName(topic: string): boolean {
  return topic !== '' && !topic.includes('+') && !topic.includes('#') && isValidText(topic);
}

/** Why the bytes are no topic name, ready to close a connection with; undefined when they are one. */
export function topicNameError(bytes: Uint8Array, start: number, end: number): MalformedPacketError | undefined {
  if (isValidTopicNameBytes(bytes, start, end)) return undefined;
  if (start >= end) return invalidName('the topic name is empty', 'MQTT-4.7.3-1');
  return stringError(bytes, start, end) ?? invalidName('the topic name contains a wildcard', 'MQTT-3.3.2-2');
}

/** Whether a text may be a topic filter, shared subscriptions (`$share/group/filter`) included. */
export function isValidTopicFilter(filter: string): boolean {
  return topicFilterError(filter) === undefined;
}

/** Whether the filter asks for a shared subscription; says nothing about its validity. */
export function isSharedFilter(filter: string): boolean {
  return filter.startsWith(SHARE_PREFIX);
}

/** Why a text is no topic filter; undefined when it is one. */
export function topicFilterError(filter: string): MalformedPacketError | undefined {
  if (filter === '') return invalidFilter('a topic filter is empty', 'MQTT-4.7.3-1');
  if (!isValidText(filter)) return invalidFilter('a topic filter is no MQTT string', 'MQTT-4.7.3-2');
  return isSharedFilter(filter) ? sharedFilterError(filter) : wildcardError(filter);
}

function sharedFilterError(filter: string): MalformedPacketError | undefined {
  const groupEnd = filter.indexOf('/', SHARE_PREFIX.length);
  const group = filter.slice(SHARE_PREFIX.length, groupEnd < 0 ? undefined : groupEnd);
  if (group === '') return invalidFilter('a shared subscription has no group name', 'MQTT-4.8.2-1');
  const inner = groupEnd < 0 ? '' : filter.slice(groupEnd + 1);
  if (inner === '' || group.includes('+') || group.includes('#')) {
    return invalidFilter('a shared subscription is not $share/group/filter', 'MQTT-4.8.2-2');
  }
  return wildcardError(inner);
}

function wildcardError(filter: string): MalformedPacketError | undefined {
  if (!filter.includes('#') && !filter.includes('+')) return undefined;
  const levels = filter.split('/');
  for (const [index, level] of levels.entries()) {
    if (level.length > 1 && level.includes('+')) {
      return invalidFilter('+ does not fill its level of a topic filter', 'MQTT-4.7.1-2');
    }
    if (level.includes('#') && (level.length > 1 || index < levels.length - 1)) {
      return invalidFilter('# is not the last level of a topic filter', 'MQTT-4.7.1-1');
    }
  }
  return undefined;
}

function invalidName(message: string, statement: string): MalformedPacketError {
  return new MalformedPacketError(TOPIC_NAME_INVALID, message, statement);
}

function invalidFilter(message: string, statement: string): MalformedPacketError {
  return new MalformedPacketError(TOPIC_FILTER_INVALID, message, statement);
}
