import { installFromMaven } from './maven.ts';

/** The release that tests use unless they say otherwise. */
export const KAFKA_VERSION = '4.1.1';

/** The class path of a Kafka release. */
export function installKafka(version: string): Promise<string> {
  return installFromMaven({
    title: 'Kafka',
    version,
    megabytes: 45,
    artifacts: [`org.apache.kafka:kafka_2.13:${version}`, 'org.slf4j:slf4j-simple:1.7.36'],
  });
}
