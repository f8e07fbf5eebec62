import { http } from '@millrace/connector-http';
import { kafkaProducer } from '@millrace/connector-kafka';
import { sqlite } from '@millrace/connector-sqlite';
import type { ConnectorDefinition } from '@millrace/contract';

/** Every connector that ships with Millrace, in alphabetical order. */
export const connectorDefinitions: readonly ConnectorDefinition[] = [http, kafkaProducer, sqlite];
