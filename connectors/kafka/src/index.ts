import { defineConnector } from '@millrace/contract';
import { KafkaClient } from './client.ts';
import { connectorConfig } from './config.ts';
import { deliveryOf, sinkParameters } from './parameters.ts';
import { KafkaSink } from './sink.ts';

/** Apache Kafka, and what speaks its protocol. */
export const kafkaProducer = defineConnector({
  type: 'kafka_producer',
  title: 'Apache Kafka',
  description: 'Writes rule outputs to topics of a Kafka cluster, in order and without duplicates from retries.',
  config: connectorConfig,
  open: (config, context) => new KafkaClient(config, context),
  sink: {
    parameters: sinkParameters,
    parameterAliases: ['kafka'],
    delivery: deliveryOf,
    create: (parameters, client, context) => new KafkaSink(parameters, client, context),
  },
});
