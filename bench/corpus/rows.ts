import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { DISPUTED } from './disputed.js';

/** How far an expectation can be trusted: literal in the test it comes from, the output of its reference, or a hint. */
export const qualities = ['explicit', 'derived', 'weak'] as const;

const rowSchema = z.object({
  file: z.string(),
  kind: z.enum(['reply-trim', 'parse', 'auto', 'bounce', 'charset', 'malformed']),
  quality: z.enum(qualities),
  /** The file holds a body without header fields. */
  bodyOnly: z.boolean().default(false),
  format: z.enum(['eml', 'text', 'html']).default('text'),
  /** Fields that readers disagree about; ours (disputed.ts) are added. */
  disputed: z.array(z.string()).default([]),
  expect: z.record(z.string(), z.unknown()),
});

/** One message or body with what is known of it. */
export interface Row extends z.infer<typeof rowSchema> {
  readonly corpus: string;
  /** Where the bytes stand. */
  readonly path: string;
}

/** The directory given is not what the score can be run on; the message is for the operator. */
export class CorpusError extends Error {
  override readonly name = 'CorpusError';
}

/**
 * All rows of the `expect.jsonl` of a directory and of those one level below it, the bytes of each under `raw/`.
 *
 * @throws CorpusError where the directory or every `expect.jsonl` is missing, a line cannot be read, or its bytes are missing
 */
export function readRows(directory: string): Row[] {
  if (!existsSync(directory)) throw new CorpusError(`${directory}: no such directory`);
  const below = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(directory, entry.name))
    .sort();
  const corpora = [directory, ...below].filter((path) => existsSync(join(path, 'expect.jsonl')));
  if (corpora.length === 0) throw new CorpusError(`${directory}: no expect.jsonl in it or one level below`);
  return corpora.flatMap(readCorpus);
}

function readCorpus(path: string): Row[] {
  const file = join(path, 'expect.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = rowSchema.safeParse(parseJson(line));
    if (!row.success) throw new CorpusError(`${file}:${index + 1}: ${z.prettifyError(row.error)}`);
    const bytes = join(path, 'raw', row.data.file);
    if (!existsSync(bytes)) throw new CorpusError(`${file}:${index + 1}: ${bytes} is missing`);
    const corpus = basename(path);
    const disputed = DISPUTED.filter(({ message }) => message === `${corpus}/${row.data.file}`);
    const fields = [...row.data.disputed, ...disputed.map(({ field }) => field)];
    return [{ ...row.data, disputed: fields, corpus, path: bytes }];
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
