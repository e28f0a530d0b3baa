/** A Redis, in one of the three ways in which it is run. */
export type RedisAddress =
  | { readonly kind: 'single'; readonly url: string }
  | { readonly kind: 'sentinel'; readonly options: LoginOptions & SentinelOptions }
  | { readonly kind: 'cluster'; readonly nodes: readonly Node[]; readonly options: LoginOptions };

/** Options of ioredis, under its names. */
interface LoginOptions {
  username?: string;
  password?: string;
  tls?: Record<string, never>;
}

interface SentinelOptions {
  sentinels: Node[];
  name: string;
  db: number;
  sentinelTLS?: Record<string, never>;
  enableTLSForSentinelMode?: boolean;
}

interface Node {
  host: string;
  port: number;
}

const SHAPE =
  /^redis(?<tls>s?)-(?<kind>sentinel|cluster):\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<nodes>[^/@]+)(?:\/(?<name>[^/]+)(?:\/(?<db>\d{1,4}))?)?\/?$/;

const DEFAULT_PORT = { sentinel: 26_379, cluster: 6379 };

/**
 * Takes `redis://…`, `redis-sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME/DB` or `redis-cluster://USER:PASSWORD@HOST:PORT,HOST:PORT`
 * apart, each also with `rediss` for TLS.
 * @returns null where it is none of them
 */
export function redisAddress(url: string): RedisAddress | null {
  if (/^rediss?:\/\//.test(url))
    return URL.canParse(url) && namesDatabase(new URL(url)) ? { kind: 'single', url } : null;
  const found = SHAPE.exec(url)?.groups;
  if (!found) return null;
  const kind = found.kind as 'sentinel' | 'cluster';
  const nodes = (found.nodes ?? '').split(',').map((node) => nodeOf(node, DEFAULT_PORT[kind]));
  if (!isComplete(nodes)) return null;
  const options: LoginOptions = {
    ...(found.user && { username: decodeURIComponent(found.user) }),
    ...(found.password && { password: decodeURIComponent(found.password) }),
    ...(found.tls && { tls: {} }),
  };
  if (kind === 'cluster') return found.name ? null : { kind, nodes, options };
  if (!found.name) return null;
  // Those of the sentinels and of the Redis they watch are mostly the same; without one a sentinel asks for none.
  const sentinel = { ...(found.tls && { sentinelTLS: {}, enableTLSForSentinelMode: true }) };
  const at = { sentinels: nodes, name: decodeURIComponent(found.name), db: Number(found.db ?? 0) };
  return { kind, options: { ...options, ...sentinel, ...at } };
}

/** By its number, where it names one: ioredis takes whatever stands there, and goes on in database 0 when Redis refuses it. */
function namesDatabase({ pathname, searchParams }: URL): boolean {
  return /^\/?(\d{1,4})?$/.test(pathname) && /^\d{0,4}$/.test(searchParams.get('db') ?? '');
}

function isComplete(nodes: readonly (Node | null)[]): nodes is Node[] {
  return nodes.every((node) => node !== null);
}

/** IPv6 addresses stand in brackets. */
function nodeOf(text: string, defaultPort: number): Node | null {
  const found = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(text);
  return found?.[1] ? { host: found[1].replace(/^\[|\]$/g, ''), port: Number(found[2] ?? defaultPort) } : null;
}

/** For people; never a credential. */
export function redisName(url: string): string {
  const address = redisAddress(url);
  const list = (nodes: readonly Node[]) => nodes.map(({ host, port }) => `${host}:${port}`).join(',');
  switch (address?.kind) {
    case 'sentinel':
      return `${address.options.name} of the sentinels ${list(address.options.sentinels)}`;
    case 'cluster':
      return `the cluster ${list(address.nodes)}`;
    default: {
      const { hostname, port } = new URL(url);
      return `${hostname || 'localhost'}:${port || '6379'}`;
    }
  }
}
