/** Action types under the names they had before EMQX 5.4, which rules of that time still use. */
const CURRENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['webhook', 'http'],
  ['kafka', 'kafka_producer'],
  ['pulsar_producer', 'pulsar'],
  ['mongodb_single', 'mongodb'],
  ['mongodb_rs', 'mongodb'],
  ['mongodb_sharded', 'mongodb'],
  ['redis_single', 'redis'],
  ['redis_sentinel', 'redis'],
  ['redis_cluster', 'redis'],
  ['influxdb_api_v1', 'influxdb'],
  ['influxdb_api_v2', 'influxdb'],
  ['gcp_pubsub', 'gcp_pubsub_producer'],
  ['kinesis_producer', 'kinesis'],
]);

/** `TYPE:NAME` with today's name of the type. */
export function currentActionId(id: string): string {
  const colon = id.indexOf(':');
  const type = CURRENT_TYPES.get(id.slice(0, colon));
  return type === undefined ? id : type + id.slice(colon);
}
