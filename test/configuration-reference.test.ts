import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { oauthSettings } from '../src/config/auth.js';
import { imapSettings, mailboxSettings, mailSettings, serviceSettings } from '../src/config/settings.js';
import { configurationReference, explanationsIn } from './configuration-reference.js';

const example = readFileSync('.env.example', 'utf8');
const schemas: Readonly<Record<string, z.ZodType>> = {
  ...serviceSettings,
  ...imapSettings,
  ...oauthSettings,
  ...mailboxSettings,
  ...mailSettings,
};

it('is written down in docs/configuration.md (npm run docs:config) as .env.example and the code have it', async () => {
  await expect(configurationReference(example)).toMatchFileSnapshot('../docs/configuration.md');
});

it('is explained, every setting of it', () => {
  const unexplained = explanationsIn(example).filter(({ names, words }) => names.length > 0 && words === '');
  expect(unexplained.flatMap(({ names }) => names)).toEqual([]);
});

it('has the defaults that its explanations name', () => {
  for (const { names, words } of explanationsIn(example)) {
    for (const name of names) {
      const { success, data } = schemas[name]?.safeParse(undefined) ?? {};
      if (!success || data === undefined || typeof data === 'object') continue;
      expect(words, name).toMatch(
        new RegExp(`Default(?: of ${name})?: '?${String(data).replace(/[^\w\s]/g, '\\$&')}'?(?:[.,\\s]|$)`),
      );
    }
  }
});
