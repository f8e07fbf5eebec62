/** `@platformatic/kafka` fed directly, as a process of its own: started by `runKafkaProducer`, answers with one message. */
import { ProduceAcks, Producer } from '@platformatic/kafka';
import type { KafkaProducerOptions, KafkaProducerResult } from './run-kafka-producer.ts';
import { answerAndExit, workerArgument } from './worker-process.ts';

const BATCH = 1000;

const { bootstrap, topic, size, warmUpSeconds, seconds } = workerArgument() as KafkaProducerOptions;
const producer = new Producer({ clientId: 'bench', bootstrapBrokers: bootstrap.split(',') });
const value = Buffer.alloc(size, 'x');

await produceFor(warmUpSeconds);
const before = process.cpuUsage();
const messages = await produceFor(seconds);
const { user, system } = process.cpuUsage(before);
await producer.close();
const result: KafkaProducerResult = { messages, cpuSeconds: (user + system) / 1e6 };
answerAndExit(result);

async function produceFor(duration: number): Promise<number> {
  const end = performance.now() + duration * 1000;
  let count = 0;
  while (performance.now() < end) {
    const batch = Array.from({ length: BATCH }, () => ({ topic, value }));
    await producer.send({ messages: batch, acks: ProduceAcks.LEADER });
    count += BATCH;
  }
  return count;
}
