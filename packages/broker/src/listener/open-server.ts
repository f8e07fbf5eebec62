import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { WebSocketServer } from 'ws';
import { type AcceptTransport, DEFAULT_PATH, type ListenerConfig, type TlsSettings } from './listener.ts';
import { attachSocket } from './socket-transport.ts';
import { attachWebSocket } from './websocket-transport.ts';

const SUBPROTOCOLS = ['mqtt', 'mqttv5', 'mqttv3.1.1', 'mqttv3.1', 'mqtt-v5', 'mqtt-v3.1.1', 'mqtt-v3'];
const HANDSHAKE_TIMEOUT_MS = 15_000;

export interface ServerPorts {
  readonly accept: AcceptTransport;
  /** Whether one more connection may come in. */
  readonly hasRoom: () => boolean;
  readonly maxPacketSize: number;
}

/** The server of a listener, not listening yet. */
export function createServer(config: ListenerConfig, ports: ServerPorts): Server {
  switch (config.type) {
    case 'tcp':
      return createTcpServer({ noDelay: true }, (socket) => admit(socket, ports));
    case 'ssl':
      return createTlsServer(tlsOptions(config), (socket) => admit(socket, ports));
    case 'ws':
      return serveUpgrades(createHttpServer({ noDelay: true }), config, ports);
    case 'wss':
      return serveUpgrades(createHttpsServer(tlsOptions(config)), config, ports);
  }
}

function admit(socket: Socket, ports: ServerPorts): void {
  if (ports.hasRoom()) attachSocket(socket, ports.accept);
  else socket.destroy();
}

function tlsOptions({ tls, type, name }: ListenerConfig): TlsOptions {
  if (tls === undefined) throw new Error(`listeners.${type}.${name}: needs ssl_options with certfile and keyfile`);
  const { verifyPeer = false, failIfNoPeerCertificate = false, handshakeTimeoutMs, ...context } = withoutUndefined(tls);
  return {
    ...context,
    noDelay: true,
    requestCert: verifyPeer,
    rejectUnauthorized: verifyPeer && failIfNoPeerCertificate,
    handshakeTimeout: handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS,
  };
}

function withoutUndefined(tls: TlsSettings): TlsSettings {
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
}

function serveUpgrades(server: HttpServer, config: ListenerConfig, ports: ServerPorts): Server {
  const path = config.path ?? DEFAULT_PATH;
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: Math.max(ports.maxPacketSize, 65_536) * 2,
    handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
  });
  server.on('request', (_request, response) => {
    response.writeHead(426, { upgrade: 'websocket', connection: 'upgrade' }).end();
  });
  server.on('upgrade', (request, stream, head) => {
    // A socket that fails during the handshake has nobody else to tell.
    stream.on('error', () => stream.destroy());
    const requested = request.url?.split('?', 1)[0];
    // [MQTT-6.0.0-3]
    const offers = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (requested !== path) refuseUpgrade(stream, '404 Not Found');
    else if (!offers.some((name) => SUBPROTOCOLS.includes(name))) refuseUpgrade(stream, '400 Bad Request');
    else if (!ports.hasRoom()) refuseUpgrade(stream, '503 Service Unavailable');
    else
      webSockets.handleUpgrade(request, stream, head, (webSocket) => attachWebSocket(webSocket, stream, ports.accept));
  });
  return server;
}

function refuseUpgrade(stream: { end(text: string): unknown }, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
