import { once } from 'node:events';
import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MAX_EMBEDDED_REQUEST_BYTES } from '../../src/limits.js';
import { EmbeddedBridge, RequestReader } from '../../src/queue/embedded-bridge.js';

describe('clients of the bridge', () => {
  let database: PGlite;
  let bridge: EmbeddedBridge;
  const broken: Error[] = [];
  const clients: pg.Client[] = [];

  const client = async () => {
    const made = new pg.Client({ stream: () => bridge.connect() });
    made.on('error', () => {});
    clients.push(made);
    await made.connect();
    return made;
  };

  beforeAll(async () => {
    database = await PGlite.create();
    bridge = new EmbeddedBridge(database, (error) => broken.push(error));
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((open) => open.end()));
  });

  afterAll(async () => {
    await bridge.close();
    await database.close();
    expect(broken).toEqual([]);
  });

  test('get their own rows while others run transactions, fail and roll back', async () => {
    const setup = await client();
    await setup.query('CREATE TABLE account (id int PRIMARY KEY, balance int); INSERT INTO account VALUES (0, 0)');
    const reader = async (nth: number) => {
      const mine = await client();
      for (let i = 0; i < 150; i++) {
        const token = `${nth}-${i}`;
        const { rows } = await mine.query('SELECT $1::text AS token, repeat($1, $2) AS filler', [token, (i % 50) * 40]);
        expect(rows).toEqual([{ token, filler: token.repeat((i % 50) * 40) }]);
      }
    };
    const writer = async () => {
      const mine = await client();
      for (let i = 0; i < 40; i++) {
        await mine.query('BEGIN');
        const { rows } = await mine.query<{ balance: number }>('SELECT balance FROM account WHERE id = 0');
        await mine.query('UPDATE account SET balance = $1 WHERE id = 0', [(rows[0]?.balance ?? Number.NaN) + 1]);
        if (i % 4 === 3) {
          await expect(mine.query('SELECT 1 / 0')).rejects.toThrow('division by zero');
          await expect(mine.query('SELECT 1')).rejects.toThrow('current transaction is aborted');
          await mine.query('ROLLBACK');
        } else await mine.query('COMMIT');
      }
    };
    await Promise.all([reader(1), reader(2), reader(3), reader(4), writer(), writer(), writer()]);
    const { rows } = await setup.query('SELECT balance FROM account');
    expect(rows, 'read-modify-write without a lost update').toEqual([{ balance: 3 * 30 }]);
  });

  test('are all told of a NOTIFY, once, whoever sent it', async () => {
    const [first, second, sender] = [await client(), await client(), await client()];
    const heard: string[] = [];
    for (const [name, listener] of Object.entries({ first, second })) {
      await listener.query('LISTEN news');
      listener.on('notification', ({ channel, payload }) => heard.push(`${name} ${channel} ${payload}`));
    }
    await sender.query(`SELECT pg_notify('news', 'plain')`);
    await sender.query('BEGIN');
    await sender.query(`SELECT pg_notify('news', 'undone')`);
    await sender.query('ROLLBACK');
    await first.query('BEGIN');
    await first.query(`SELECT pg_notify('news', 'own')`);
    await first.query('COMMIT');
    await second.query('SELECT 1');
    expect(heard.sort()).toEqual(['first news own', 'first news plain', 'second news own', 'second news plain']);
  });

  test('go on when one is killed inside a transaction, which is undone', async () => {
    const survivor = await client();
    await survivor.query('CREATE TABLE victim (id int)');
    for (const statement of ['INSERT INTO victim VALUES (1)', 'SELECT 1 / 0']) {
      const killed = await client();
      await killed.query('BEGIN');
      await killed.query(statement).catch(() => {});
      const blocked = survivor.query('SELECT count(*)::int AS count FROM victim');
      killed.connection.stream.destroy();
      expect((await blocked).rows).toEqual([{ count: 0 }]);
    }
  });

  test('go on when one is killed while its own BEGIN and the requests after it are under way', async () => {
    const survivor = await client();
    for (let turns = 0; turns < 8; turns++) {
      const killed = await client();
      const unanswered = [killed.query('BEGIN'), killed.query('SELECT 1'), survivor.query('SELECT 1')];
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      killed.connection.stream.destroy();
      await Promise.allSettled(unanswered);
      expect((await survivor.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
    }
  });

  test('are refused what cannot be kept apart, alone', async () => {
    const survivor = await client();
    const refused = await client();
    const told = once(refused, 'error');
    const copyData = Buffer.from([0x64, 0, 0, 0, 4]);
    refused.connection.stream.write(copyData);
    expect(String((await told)[0])).toContain('message "d" is not supported');
    expect((await survivor.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  test('carry text of every kind and a value of megabytes', async () => {
    const mine = await client();
    const text = `ä€😀\u2028"'\\${'x'.repeat(3_000_000)}`;
    expect((await mine.query('SELECT $1::text AS text', [text])).rows).toEqual([{ text }]);
  });
});

describe('A database that', () => {
  const readyForQuery = (status: string) => Buffer.concat([Buffer.from([0x5a, 0, 0, 0, 5]), Buffer.from(status)]);
  const done = Buffer.concat([Buffer.from([0x43, 0, 0, 0, 7]), Buffer.from('OK\0')]);

  test('throws is reported, its client told, and the others are not kept waiting', async () => {
    const broken: string[] = [];
    const bridge = new EmbeddedBridge(
      {
        async execProtocolRawStream(request, { onRawData }) {
          if (!String(request).includes('BEGIN')) throw new Error('out of memory');
          onRawData(Buffer.concat([done, readyForQuery('T')]));
        },
      },
      (error) => broken.push(error.message),
    );
    for (const _ of [1, 2]) {
      const client = new pg.Client({ stream: () => bridge.connect() });
      client.on('error', () => {});
      await client.connect();
      await client.query('BEGIN');
      await expect(client.query('SELECT 1')).rejects.toThrow('the embedded database failed');
    }
    expect(broken).toEqual(['out of memory', 'out of memory']);
    await bridge.close();
  });

  test('has no room left refuses what is new, lets a transaction end, and goes on when there is room', async () => {
    let full = false;
    const ran: string[] = [];
    const bridge = new EmbeddedBridge(
      {
        async execProtocolRawStream(request, { onRawData }) {
          const text = Buffer.from(request).toString('latin1', 5).replace('\0', '');
          ran.push(text);
          onRawData(Buffer.concat([done, readyForQuery(text === 'BEGIN' ? 'T' : 'I')]));
        },
      },
      () => {},
      () => full,
    );
    const [first, second] = [0, 1].map(() => new pg.Client({ stream: () => bridge.connect() }));
    for (const client of [first, second]) {
      client?.on('error', () => {});
      await client?.connect();
    }
    await first?.query('BEGIN');
    full = true;
    await first?.query('COMMIT');
    await expect(second?.query('SELECT 1')).rejects.toMatchObject({ code: '53100' });
    full = false;
    await first?.query('SELECT 2');
    expect(ran).toEqual(['BEGIN', 'COMMIT', 'SELECT 2']);
    await bridge.close();
  });

  test('is slow does not keep a transaction whose client left while it began', async () => {
    const requests: string[] = [];
    let finish = () => {};
    const bridge = new EmbeddedBridge(
      {
        async execProtocolRawStream(request, { onRawData }) {
          const text = Buffer.from(request).toString('latin1', 5).replace('\0', '');
          requests.push(text);
          if (text === 'BEGIN') await new Promise<void>((resolve) => (finish = resolve));
          onRawData(Buffer.concat([done, readyForQuery(text === 'BEGIN' ? 'T' : 'I')]));
        },
      },
      () => {},
    );
    const killed = new pg.Client({ stream: () => bridge.connect() });
    const survivor = new pg.Client({ stream: () => bridge.connect() });
    killed.on('error', () => {});
    await Promise.all([killed.connect(), survivor.connect()]);
    killed.query('BEGIN').catch(() => {});
    while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    killed.connection.stream.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    finish();
    await survivor.query('SELECT 1');
    expect(requests).toEqual(['BEGIN', 'ROLLBACK', 'SELECT 1']);
    await survivor.end();
    await bridge.close();
  });
});

describe('RequestReader', () => {
  const message = (type: string, body: string) => {
    const bytes = Buffer.from(`${type}0000${body}`);
    bytes.writeUInt32BE(body.length + 4, 1);
    return bytes;
  };
  const startup = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);
  const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

  const read = (chunks: Iterable<Buffer>) => {
    const reader = new RequestReader();
    return [...chunks].flatMap((chunk) => [...reader.push(chunk)]);
  };

  test('finds the same requests however the bytes are cut', () => {
    const batch = Buffer.concat([message('P', 'select 1\0'), message('B', ''), message('E', ''), message('S', '')]);
    const query = message('Q', 'select 2\0');
    const bytes = Buffer.concat([sslRequest, startup, batch, query, message('X', '')]);
    const expected = [
      { kind: 'no-encryption' },
      { kind: 'startup' },
      { kind: 'request', bytes: batch },
      { kind: 'request', bytes: query },
      { kind: 'terminate' },
    ];
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(bytes.length)), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), bytes.length];
        expect(read(ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)))).toEqual(expected);
      }),
    );
  });

  const header = (type: string, length: number) => {
    const bytes = Buffer.from(`${type}0000`);
    bytes.writeUInt32BE(length - 1, 1);
    return bytes;
  };
  const parse = message('P', 'select 1\0');
  test.each([
    ['at the limit, waits for the rest of', [startup, header('Q', MAX_EMBEDDED_REQUEST_BYTES)], null],
    ['over the limit, refuses', [startup, header('Q', MAX_EMBEDDED_REQUEST_BYTES + 1)], 'MAX_EMBEDDED_REQUEST_BYTES'],
    [
      'at the limit with what came before, waits for the rest of',
      [startup, parse, header('S', MAX_EMBEDDED_REQUEST_BYTES - parse.length)],
      null,
    ],
    [
      'over the limit with what came before, refuses',
      [startup, parse, header('S', MAX_EMBEDDED_REQUEST_BYTES - parse.length + 1)],
      'MAX_EMBEDDED_REQUEST_BYTES',
    ],
    ['shorter than its own length field, refuses', [startup, header('Q', 4)], 'length'],
    ['of protocol version 2, refuses', [Buffer.from([0, 0, 0, 8, 0, 2, 0, 0])], 'version 3'],
  ])('%s a request', (_, chunks, refusal) => {
    if (refusal === null) expect(read(chunks)).toEqual([{ kind: 'startup' }]);
    else expect(() => read(chunks)).toThrow(refusal);
  });
});
