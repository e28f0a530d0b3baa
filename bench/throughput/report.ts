import Table from 'cli-table3';
import type { Comparison, Summary } from './compare.js';
import type { Figures } from './scenarios.js';
import type { TargetResult } from './targets.js';

/** All that a bench has to say: what `--json` prints. */
export interface Report extends Figures {
  readonly quick: boolean;
  readonly cores: number;
  readonly node: string;
  /** Runnable processes of the machine in the last minute, before and after: what others ran meanwhile blurs the figures. */
  readonly load: { readonly before: number; readonly after: number };
  readonly targets: readonly TargetResult[];
}

/** The report for people. */
export function render({ load, cores, node, targets, quick, ...figures }: Report): string {
  return [
    ...compared(figures),
    listed(figures),
    targetTable(targets),
    `Node ${node}, ${cores} cores, load average ${load.before.toFixed(2)} before and ${load.after.toFixed(2)} after${quick ? ', quick' : ''}`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const rows: readonly [string, (summary: Summary) => number | null, number][] = [
  ['mails a second, log-in to last ticket', ({ mailsPerSecond }) => mailsPerSecond, 0],
  ['log-in to last ticket, s', ({ seconds }) => seconds, 2],
  ['log-in to empty inbox, s', ({ filedSeconds }) => filedSeconds, 1],
  ['start of the process to log-in, s', ({ startSeconds }) => startSeconds, 2],
  ['peak memory, MB', ({ peakRssMb }) => peakRssMb, 0],
  ['peak memory of Redis, MB', ({ redisPeakRssMb }) => redisPeakRssMb, 0],
  ['processor ms a mail', ({ cpuMsPerMail }) => cpuMsPerMail, 2],
  ['processor ms a mail, Redis', ({ redisCpuMsPerMail }) => redisCpuMsPerMail, 2],
  ['processor ms a mail, helpdesk', ({ helpdeskCpuMsPerMail }) => helpdeskCpuMsPerMail, 2],
  ['bytes fetched a mail', ({ bytesFetchedPerMail }) => bytesFetchedPerMail, 0],
  ['commands in Redis a mail', ({ redisCommandsPerMail }) => redisCommandsPerMail, 1],
];

function compared({ mix, small, queue, corpora }: Figures): string[] {
  return Object.entries({ mix, small, queue, corpora }).flatMap(([name, comparison]) =>
    comparison ? [comparisonTable(name, comparison, name === 'queue' ? 'the same with a queue' : 'service')] : [],
  );
}

function comparisonTable(
  name: string,
  { mails, naive, service, ratios, medianRatio }: Comparison,
  beside: string,
): string {
  const table = newTable([`${name}: ${mails} mails`, 'naive loop', beside]);
  for (const [what, value, digits] of rows)
    table.push([what, ...[naive, service].map((of) => shown(value(of), digits))]);
  const each = ratios.map((ratio) => ratio.toFixed(2)).join(' ');
  table.push([`${beside} by naive, median of the pairs`, '', `${medianRatio.toFixed(2)} (${each})`]);
  return table.toString();
}

function listed({ trips, arrival, large, slowApi, workers, backlog }: Figures): string {
  const table = newTable(['measured', '']);
  if (trips) {
    table.push(['IMAP round trips a mail', `${trips.imapPerMail.toFixed(3)}: ${counts(trips.imapByCommand)}`]);
    table.push([
      'requests to Redis a mail',
      `${trips.redisRequestsPerMail.toFixed(1)}: ${counts(trips.redisByCommand)}`,
    ]);
    const { toRedis, fromRedis } = trips.redisBytesPerMail;
    table.push(['bytes to and from Redis a mail', `${shown(toRedis, 0)}, ${shown(fromRedis, 0)}`]);
    table.push(['commands in Redis a mail, scripts included', trips.redisCommandsPerMail.toFixed(1)]);
  }
  if (arrival) {
    const pair = ({ p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }) => `p50 ${p50Ms} ms, p99 ${p99Ms} ms`;
    table.push([
      `arrival to ticket, ${arrival.mailsPerSecond} mails/s, ${arrival.mails} mails`,
      pair(arrival.toTicket),
    ]);
    table.push(["the server's own notification", pair(arrival.toNotification)]);
    if (arrival.idleRssMb !== null) table.push(['memory at rest, MB', shown(arrival.idleRssMb, 0)]);
  }
  if (large)
    table.push([
      '25 MB attached',
      `${large.bytesFetched} B fetched, ${large.seconds.toFixed(2)} s, peak ${shown(large.peakRssMb, 0)} MB`,
    ]);
  if (slowApi) {
    const { delayMs, concurrency, mailsPerSecond, idealPerSecond, serviceCores, machineBusy, bound } = slowApi;
    table.push([
      `API of ${delayMs} ms, ${concurrency} at once`,
      `${shown(mailsPerSecond, 0)} of ${idealPerSecond} mails/s; service ${serviceCores.toFixed(2)} cores, machine ${Math.round(machineBusy * 100)} % busy; bound by: ${bound}`,
    ]);
  }
  for (const { workers: count, mailsPerSecond, idealPerSecond, workersCpuMsPerMail, peakRssMbOfWorker } of workers ??
    []) {
    table.push([
      `watcher and ${count} worker${count === 1 ? '' : 's'}`,
      `${shown(mailsPerSecond, 0)} of ${idealPerSecond} mails/s; processor of the workers ${workersCpuMsPerMail.toFixed(2)} ms a mail, peak ${shown(peakRssMbOfWorker, 0)} MB each`,
    ]);
  }
  if (backlog) {
    const quarters = backlog.rssMbByQuarter.map((rss) => shown(rss, 0)).join(', ');
    table.push([
      `backlog of ${backlog.mails}`,
      `${shown(backlog.mailsPerSecond, 0)} mails/s; memory by quarter ${quarters} MB, peak ${shown(backlog.peakRssMb, 0)} MB`,
    ]);
  }
  return table.length > 0 ? table.toString() : '';
}

function targetTable(targets: readonly TargetResult[]): string {
  const table = newTable(['target', 'at most', 'measured', '']);
  for (const { name, unit, most, value, met } of targets) {
    table.push([name, `${most} ${unit}`, `${shown(value, unit === '' ? 2 : 0)} ${unit}`, met ? 'met' : 'MISSED']);
  }
  return table.length > 0 ? table.toString() : '';
}

function counts(byCommand: Readonly<Record<string, number>>): string {
  return Object.entries(byCommand)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 8)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function shown(value: number | null, digits: number): string {
  return value === null ? '' : value.toFixed(digits);
}

function newTable(head: string[]) {
  return new Table({
    head,
    wordWrap: true,
    colWidths: head.length === 2 ? [46, 70] : [],
    style: { head: [], border: [], compact: true },
  });
}
