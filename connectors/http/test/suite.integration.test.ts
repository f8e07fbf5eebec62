import { parseHocon, toValue } from '@millrace/hocon';
import { ResourceManager } from '@millrace/resource';
import { HttpTestServer, testConnector } from '@millrace/testkit';
import { http } from '../src/index.ts';

const SECRET = 'Bearer 7f3a-secret';

testConnector(http, {
  start: async () => {
    const server = await HttpTestServer.start();
    server.answer = ({ body }) => ({ status: body.includes('refuse') ? 422 : 200 });
    return server;
  },
  connector: (_server, port) => ({
    url: `http://127.0.0.1:${port}`,
    headers: { authorization: SECRET },
    connect_timeout: '1s',
  }),
  parameters: () => ({ path: '/records/${n}', body: '${text}', request_timeout: '1s' }),
  output: (n) => ({ n, text: 'take' }),
  refusedOutput: (n) => ({ n, text: 'refuse' }),
  readBack: (server) =>
    Promise.resolve(
      server.requests
        .filter(({ url, body }) => url.startsWith('/records/') && !body.includes('refuse'))
        .map(({ url }) => Number(url.slice('/records/'.length))),
    ),
  secrets: [SECRET],
  createManager: (options) => new ResourceManager(options),
  readme: new URL('../README.md', import.meta.url),
  parseHocon: (text) => toValue(parseHocon(text, { file: 'README.md' })),
});
