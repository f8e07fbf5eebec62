/** One operation of an OpenAPI document, as pages show it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly body: unknown;
  readonly answers: readonly Answer[];
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly type: string;
  readonly description: string;
}

interface Answer {
  readonly status: string;
  readonly description: string;
  readonly schema: unknown;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
  readonly description?: string;
}

interface RawOperation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly parameters?: readonly RawParameter[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
}

interface RawParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: { readonly type?: string; readonly enum?: readonly unknown[]; readonly description?: string };
}

const METHODS = ['get', 'post', 'put', 'delete'];

/** All operations of a document, by tag and in the order of the document. */
export function operationsByTag(document: object): ReadonlyMap<string, readonly Operation[]> {
  const byTag = new Map<string, Operation[]>();
  const { paths = {} } = document as { readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      if (item[method] === undefined) continue;
      const operation = read(method, path, item[method] as RawOperation);
      byTag.set(operation.tag, [...(byTag.get(operation.tag) ?? []), operation]);
    }
  }
  return byTag;
}

function read(method: string, path: string, raw: RawOperation): Operation {
  return {
    method: method.toUpperCase(),
    path,
    tag: raw.tags?.[0] ?? 'Other',
    summary: raw.summary ?? '',
    parameters: (raw.parameters ?? []).map(readParameter),
    body: schemaOf(raw.requestBody),
    answers: Object.entries(raw.responses ?? {}).map(([status, answer]) => ({
      status,
      description: answer.description ?? '',
      schema: schemaOf(answer),
    })),
  };
}

function readParameter(raw: RawParameter): Parameter {
  const { schema } = raw;
  return {
    name: raw.name,
    in: raw.in,
    required: raw.required ?? false,
    type: schema?.enum?.map(String).join(' | ') ?? schema?.type ?? 'string',
    description: raw.description ?? schema?.description ?? '',
  };
}

function schemaOf(holder: Content | undefined): unknown {
  return Object.values(holder?.content ?? {})[0]?.schema;
}
