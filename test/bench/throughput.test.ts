import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { read } from '../../bench/corpus/reading.js';
import { measureArrival } from '../../bench/throughput/arrival.js';
import { compare } from '../../bench/throughput/compare.js';
import { drainByQueuedLoop } from '../../bench/throughput/drain.js';
import { type Helpdesk, startHelpdesk } from '../../bench/throughput/helpdesk.js';
import { letter, MIX } from '../../bench/throughput/letters.js';
import { median, quantile } from '../../bench/throughput/quantile.js';
import { imapCommands, redisCommands } from '../../bench/throughput/relay.js';
import { render } from '../../bench/throughput/report.js';
import { countRoundTrips } from '../../bench/throughput/round-trips.js';
import { sessionsOf } from '../../bench/throughput/sessions.js';
import { judgeTargets } from '../../bench/throughput/targets.js';
import { drainByWorkers } from '../../bench/throughput/workers.js';
import { startWorld, type World } from '../../bench/throughput/world.js';

describe('a bench of a few mails', () => {
  let world: World;
  let helpdesk: Helpdesk;
  beforeAll(async () => {
    world = await startWorld({ say: () => {} });
    helpdesk = await startHelpdesk(0);
  });
  afterAll(async () => {
    await helpdesk.stop();
    await world.close();
  });

  it('compares service and naive loop, both of which make every ticket', async () => {
    const mix = await compare(world, helpdesk, world.letters('mix', 20, MIX), 1);
    expect(mix).toMatchObject({ mails: 20, ticketsOfService: 20 });
    for (const { seconds, startSeconds, peakRssMb, cpuMsPerMail, bytesFetchedPerMail } of [mix.naive, mix.service]) {
      for (const figure of [seconds, startSeconds, peakRssMb, cpuMsPerMail]) expect(figure).toBeGreaterThan(0);
      expect(bytesFetchedPerMail).toBeGreaterThan(500);
    }
    expect(mix.naive.bytesFetchedPerMail).toBeGreaterThan(130_000);
    expect(mix.service.redisCommandsPerMail).toBeGreaterThan(1);
    expect(mix.medianRatio).toBeCloseTo(mix.service.seconds / mix.naive.seconds);
  });

  it('tells what the queue alone costs: the naive loop through one makes every ticket too', async () => {
    const queue = await compare(world, helpdesk, world.letters('mix', 20, MIX), 1, drainByQueuedLoop);
    expect(queue.ticketsOfService).toBe(20);
    expect(queue.medianRatio).toBeGreaterThan(0);
  });

  it('counts the requests for a mail', async () => {
    const trips = await countRoundTrips(world, helpdesk, world.letters('mix', 20, MIX));
    // To watch, and at the start to look through what was filed of late.
    expect(trips.imapByCommand).toMatchObject({ AUTHENTICATE: 2, 'UID MOVE': expect.any(Number) });
    expect(trips.redisByCommand).toMatchObject({ EVALSHA: expect.any(Number) });
    expect(trips.redisRequestsPerMail).toBeLessThan(trips.redisCommandsPerMail);
  });

  it('parts watcher and workers into processes', async () => {
    const letters = world.letters('mix', 20, MIX);
    const two = await drainByWorkers(world, helpdesk, letters, 2, { delayMs: 50, concurrency: 8 });
    expect(two).toMatchObject({ workers: 2, mails: 20, idealPerSecond: 320 });
    for (const figure of [two.mailsPerSecond, two.watcherCpuMsPerMail, two.workersCpuMsPerMail])
      expect(figure).toBeGreaterThan(0);
  });

  it('names the tickets made since, however many requests were refused before', async () => {
    const { HELPDESK_URL, HELPDESK_TOKEN } = helpdesk.settings;
    const create = (subject: string) =>
      fetch(`${HELPDESK_URL}tickets_create.php`, {
        method: 'POST',
        headers: { authorization: `Bearer ${HELPDESK_TOKEN}` },
        body: new URLSearchParams({ subject, message: 'x', user_email: 'a@example.com' }),
      });
    await create('before');
    await create('');
    await helpdesk.forget();
    await create('since');
    expect([...(await helpdesk.madeBySubject()).keys()]).toEqual(['since']);
  });

  it('measures the delay of every mail that arrives, and of the notification', async () => {
    const { mails, toTicket, toNotification, idleRssMb } = await measureArrival(world, helpdesk, {
      seconds: 1,
      restSeconds: 0,
    });
    expect(mails).toBe(5);
    for (const { p50Ms, p99Ms } of [toTicket, toNotification]) {
      expect(p50Ms).toBeGreaterThan(0);
      expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    }
    expect(idleRssMb).toBeNull();
  });
});

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[], Number.NaN],
])('the median of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});

it('a quantile is one of the values: the one that this share of them does not exceed', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 50, 99, 100]);
});

it('a made mail is read as what it is', async () => {
  for (const [index, attachment] of [
    [0, ''],
    [1, 'aGVsbG8='],
  ] as const) {
    const row = { bodyOnly: false, format: 'eml', expect: {} } as const;
    const { whole } = await read(row, Buffer.from(letter(index, attachment)));
    expect(whole?.mail.from).toMatchObject({ address: `customer${index}@example.com` });
    expect(whole?.mail.attachments).toHaveLength(attachment === '' ? 0 : 1);
    expect(whole?.automatic.kind).toBe('none');
  }
});

it('commands of IMAP are named wherever the pieces are cut, and a literal holds none', () => {
  const sent = Buffer.from('A1 UID FETCH 1:2 (UID)\r\nA2 APPEND x {15}\r\nA9 LOGIN x y\r\n \r\nA3 IDLE\r\nDONE\r\n');
  for (let cut = 0; cut < sent.length; cut += 1) {
    const reader = imapCommands();
    expect([...reader(sent.subarray(0, cut)), ...reader(sent.subarray(cut))]).toEqual(['UID FETCH', 'APPEND', 'IDLE']);
  }
});

it('commands to Redis are named wherever the pieces are cut, and an argument holds none', () => {
  const sent = Buffer.from('*2\r\n$3\r\nget\r\n$11\r\n*1\r\n$4\r\nPIN\r\n*1\r\n$4\r\nPING\r\n');
  for (let cut = 0; cut < sent.length; cut += 1) {
    const reader = redisCommands();
    expect([...reader(sent.subarray(0, cut)), ...reader(sent.subarray(cut))]).toEqual(['GET', 'PING']);
  }
});

it("sessions are read from the mail server's log, one that lasts without its bytes", () => {
  const log = [
    '1700000000.250000 imap-login: Info: Login: user=<a@b>, method=PLAIN, mpid=1, secured, session=<one>',
    '1700000000.500000 imap-login: Info: Login: user=<c@d>, method=PLAIN, mpid=2, secured, session=<other>',
    '1700000001.000000 imap-login: Info: Login: user=<a@b>, method=PLAIN, mpid=3, secured, session=<two>',
    '1700000002.000000 imap(a@b)<1><one>: Info: Disconnected: Logged out in=218 out=749 deleted=0',
  ];
  expect(sessionsOf(log.join('\n'), 'a@b')).toEqual([
    { loggedInAt: 1_700_000_000_250, bytesSent: 749 },
    { loggedInAt: 1_700_000_001_000, bytesSent: null },
  ]);
});

describe('targets', () => {
  const slow = {
    delayMs: 50,
    concurrency: 32,
    mails: 1,
    mailsPerSecond: 1,
    idealPerSecond: 640,
    share: 0.5,
    serviceCores: 1,
    ourCores: 1,
    machineBusy: 1,
  };

  it('judge only what was measured, at the limit still met', () => {
    const large = { attachmentBytes: 25_000_000, seconds: 1, peakRssMb: 1 };
    expect(judgeTargets({})).toEqual([]);
    expect(judgeTargets({ large: { ...large, bytesFetched: 100_000 } })).toMatchObject([{ met: true }]);
    expect(judgeTargets({ large: { ...large, bytesFetched: 100_001 } })).toMatchObject([{ met: false }]);
  });

  it('take a used up processor for an excuse, others that use it not', () => {
    expect(judgeTargets({ slowApi: { ...slow, bound: 'CPU' } })).toMatchObject([{ met: true }]);
    expect(judgeTargets({ slowApi: { ...slow, bound: 'others' } })).toMatchObject([{ met: false, value: 50 }]);
  });

  it('stand in the report with what was measured', () => {
    const figures = { slowApi: { ...slow, bound: 'neither' as const } };
    const text = render({
      ...figures,
      quick: true,
      cores: 2,
      node: 'v20',
      load: { before: 1, after: 2 },
      targets: judgeTargets(figures),
    });
    expect(text).toMatch(/bound by:\s.*neither/s);
    expect(text).toMatch(/50 %.*MISSED/);
  });
});

it.each([
  [['--only', 'nothing'], /Allowed choices/],
  [['--unknown'], /unknown option/],
])('the command exits with 2 for %j', async (args, message) => {
  const command = ['--import', 'tsx', 'bench/throughput.ts', ...args];
  await expect(promisify(execFile)(process.execPath, command)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(message),
  });
});
