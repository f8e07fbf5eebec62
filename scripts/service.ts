import { once } from 'node:events';
import { startKafka } from '@millrace/testkit';

/**
 * `npm run service -- kafka [version]`: a real server on this machine to try a guide with, from the same artefacts that
 * the tests use; ends with Ctrl-C and leaves nothing behind.
 */
const [name, version] = process.argv.slice(2);

if (name !== 'kafka') {
  process.stdout.write('usage: npm run service -- kafka [version]\n');
  process.exitCode = 1;
} else {
  const kafka = await startKafka({ port: 9092, ...(version !== undefined && { version }) });
  process.stdout.write(`Kafka is ready at ${kafka.bootstrap}; stop it with Ctrl-C\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await kafka.stop();
}
