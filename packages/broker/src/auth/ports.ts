import type { Qos } from '@millrace/mqtt-codec';
import type { ClientInfo } from '../hook/hooks.ts';

/** What a client says to prove who it is. */
export interface Credentials {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: Buffer | undefined;
  readonly peerHost: string | undefined;
  readonly protocolName: string;
  readonly protocolVersion: number;
  /** Id of the listener it came through, e.g. `tcp:default`. */
  readonly listener: string;
}

export type AuthenticationResult =
  | {
      readonly result: 'allow';
      readonly isSuperuser?: boolean;
      /** No authenticator knew the client; it is let in without proof. */
      readonly isAnonymous?: boolean;
      readonly attributes?: Readonly<Record<string, string>>;
    }
  | {
      readonly result: 'deny';
      /** MQTT 5 reason code: 0x86 for wrong credentials, 0x87 otherwise. Default 0x87. */
      readonly reasonCode?: number;
    };

export interface AuthorizationRequest {
  readonly client: ClientInfo;
  readonly action: 'publish' | 'subscribe';
  /** Topic name, or topic filter without share prefix. */
  readonly topic: string;
  readonly qos: Qos;
  readonly retain: boolean;
}

export interface AuthorizationResult {
  readonly result: 'allow' | 'deny';
  /** Name of the backend that decided, or `default`. */
  readonly source: string;
  /** What to do with a denied publish or subscribe: drop it, or close the connection. Default `ignore`. */
  readonly denyAction?: 'ignore' | 'disconnect';
}

/** Decides who may come in. None configured: everyone. */
export type Authenticate = (credentials: Credentials) => AuthenticationResult | Promise<AuthenticationResult>;

/** Decides what a client may do. Answers are kept for the connection. None configured: everything. */
export type Authorize = (request: AuthorizationRequest) => AuthorizationResult | Promise<AuthorizationResult>;

export interface AuthorizationPort {
  readonly authenticate: Authenticate | undefined;
  readonly authorize: Authorize | undefined;
}
