import { oauthSettings } from '../src/config/auth.js';
import { ownVariable } from '../src/config/mailboxes.js';
import { imapSettings, mailboxSettings, secretNames } from '../src/config/settings.js';

/** Settings that are explained together, as .env.example has them. */
export interface Explained {
  readonly section: string;
  readonly names: readonly string[];
  readonly words: string;
  /** The lines that set them, as examples. */
  readonly lines: readonly string[];
}

const LINE = /^#?([A-Z][A-Z_]+)=/;

/** The explanations of .env.example, in their order; what explains no setting has no names. */
export function explanationsIn(example: string): Explained[] {
  let section = '';
  return example.split(/\n{2,}/).flatMap((block) => {
    const title = /^# --- (.+?) -+$/.exec(block.trim())?.[1];
    if (title !== undefined) {
      section = title;
      return [];
    }
    const lines = block.trim().split('\n');
    const isSetting = (line: string) => LINE.test(line) && section !== '';
    const words = lines.filter((line) => !isSetting(line)).map((line) => line.replace(/^# ?/, ''));
    const set = lines.filter(isSetting).map((line) => line.replace(/^#/, ''));
    const names = set.map((line) => LINE.exec(line)?.[1] ?? '');
    return [{ section, names, words: words.join('\n'), lines: set }];
  });
}

/** docs/configuration.md: the words of .env.example, and what the settings in the code say beside. */
export function configurationReference(example: string): string {
  let section = '';
  const parts = explanationsIn(example).flatMap((one) => {
    if (one.section === '') return [];
    const heading = one.section === section ? [] : [`## ${one.section}`];
    section = one.section;
    if (one.names.length === 0) return [...heading, one.words];
    const title = `### ${one.names.map((name) => `\`${name}\``).join(', ')}`;
    const code = ['```sh', ...one.lines, '```'].join('\n');
    const facts = factsOf(one.names).join('\n');
    return [...heading, title, one.words, code, ...(facts === '' ? [] : [facts])];
  });
  return `${[INTRODUCTION, ...parts].join('\n\n')}\n`;
}

const INTRODUCTION = `# Configuration

Every setting. This page is made of [.env.example](../.env.example) and \`src/config/settings.ts\` by \`npm run docs:config\`, and a test
holds it to them.

Settings come from the environment, and from a file \`.env\` in the current folder; what the environment sets wins, and an empty
setting counts as not set. \`mail2ticket check\` and \`start\` name everything that is wrong with them at once, and warn of names that
are no setting and of lines of \`.env\` that are read in another way than they look: a \`#\` outside quotes begins a comment.`;

function factsOf(names: readonly string[]): string[] {
  const secret = names.filter((name) => secretNames.has(name));
  const ofMailbox = names.filter((name) => name in imapSettings || name in mailboxSettings || name in oauthSettings);
  const listed = (variables: readonly string[]) => variables.map((variable) => `\`${variable}\``).join(', ');
  return [
    ...(secret.length > 0
      ? [`- Can be read from a file whose path is in ${listed(secret.map((n) => `${n}_FILE`))}.`]
      : []),
    ...(ofMailbox.length > 0
      ? [
          `- Of several mailboxes each can have its own: ${listed(ofMailbox.map((name) => ownVariable(name, 'billing')))}.`,
        ]
      : []),
  ];
}
