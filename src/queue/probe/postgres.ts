import type pg from 'pg';
import { type Finding, ok, problem, warning } from '../../check/finding.js';
import { NAMESPACE } from '../store.js';

/** Major versions: what BullMQ's migrations ask for at least, and what they advise. */
const OLDEST = 13;
const ADVISED = 14;

const QUESTION = `SELECT current_setting('server_version') AS version,
  current_setting('server_version_num')::int / 10000 AS major,
  current_setting('fsync') = 'on' AS durable,
  pg_is_in_recovery() AS standby,
  CASE WHEN to_regnamespace($1) IS NULL THEN has_database_privilege(current_database(), 'CREATE')
       ELSE has_schema_privilege($1, 'CREATE, USAGE') END AS allowed`;

interface Answer {
  readonly version: string;
  readonly major: number;
  readonly durable: boolean;
  readonly standby: boolean;
  readonly allowed: boolean;
}

/** What PostgreSQL says of itself and of our rights. */
export async function findingsOfPostgres(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<Answer>(QUESTION, [NAMESPACE]);
  const answer = rows[0];
  return answer ? [version(answer), rights(answer), persistence(answer)] : [];
}

function version({ version, major, standby }: Answer): Finding {
  const cure = `bring it to ${ADVISED} or newer, or let QUEUE_URL name a newer one`;
  if (major < OLDEST) return problem('queue', `PostgreSQL ${version} is too old`, cure);
  if (standby)
    return problem('queue', 'this PostgreSQL is a standby, which takes no jobs', 'let QUEUE_URL name the primary');
  if (major < ADVISED) return warning('queue', `PostgreSQL ${version} works, but BullMQ advises against it`, cure);
  return ok('queue', `PostgreSQL ${version}`);
}

function rights({ allowed }: Answer): Finding {
  if (allowed) return ok('queue rights', `may keep its tables in the schema ${NAMESPACE}`);
  const cure = `give the user of QUEUE_URL the right: GRANT CREATE ON DATABASE … TO …, or the schema ${NAMESPACE} itself`;
  return problem('queue rights', `may not make its tables in the schema ${NAMESPACE}`, cure);
}

function persistence({ durable }: Answer): Finding {
  if (durable) return ok('queue persistence', 'fsync is on');
  return warning('queue persistence', 'fsync is off: a power cut can spoil the database', 'set fsync = on');
}
