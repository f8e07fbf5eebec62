/** True when a topic name matches a topic filter. [MQTT-4.7.1-2] [MQTT-4.7.1-3] */
export function topicMatches(topic: string, filter: string): boolean {
  // [MQTT-4.7.2-1] A filter that begins with a wildcard matches no name that begins with $.
  if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false;
  const names = topic.split('/');
  const levels = filter.split('/');
  for (const [index, level] of levels.entries()) {
    if (level === '#') return index === levels.length - 1;
    if (index >= names.length || (level !== '+' && level !== names[index])) return false;
  }
  return names.length === levels.length;
}
