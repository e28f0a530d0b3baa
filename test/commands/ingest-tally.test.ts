import { expect, it } from 'vitest';
import { IngestTally } from '../../src/commands/ingest-tally.js';
import { MAX_INGESTED_NAMED } from '../../src/limits.js';
import { newEntry } from '../queue/entries.js';

const batch = (mails: number) => ({
  bytes: 0,
  queued: Array.from({ length: mails }, (_, i) => newEntry(String(i))),
  again: 0,
  known: 0,
});

it('names the first mails of a dry run, and counts the rest', () => {
  const tally = new IngestTally(true);
  for (const mails of [MAX_INGESTED_NAMED - 1, 3]) tally.add(batch(mails));
  expect(JSON.parse(JSON.stringify(tally))).toMatchObject({ queued: MAX_INGESTED_NAMED + 2 });
  expect(JSON.parse(JSON.stringify(tally)).named).toHaveLength(MAX_INGESTED_NAMED);
  expect(tally.render()).toContain(`The first ${MAX_INGESTED_NAMED} are named.`);
});

it('names none of those that are queued, which the ledger knows', () => {
  const tally = new IngestTally(false);
  tally.add(batch(2));
  expect(JSON.parse(JSON.stringify(tally))).not.toHaveProperty('named');
  expect(tally.render()).not.toContain('ann@example.com');
});
