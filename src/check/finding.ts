/** What a check found of one thing it looked at. */
export interface Finding {
  /** What was looked at, in a word or two, as `imap log-in`. */
  readonly about: string;
  /**
   * - `ok`: as it should be
   * - `warning`: it works, but something is worse than it could be
   * - `problem`: it does not work
   * - `skipped`: could not be looked at
   */
  readonly level: 'ok' | 'warning' | 'problem' | 'skipped';
  /** What is the case, one line for people. No secret stands in it. */
  readonly found: string;
  /** What to do about it, naming the setting; '' where there is nothing to do. */
  readonly cure: string;
}

/** Takes findings as they are made, so that those before a deadline are not lost. */
export type Report = (finding: Finding) => void;

export const ok = (about: string, found: string): Finding => ({ about, level: 'ok', found, cure: '' });

export const skipped = (about: string, found: string): Finding => ({ about, level: 'skipped', found, cure: '' });

export const warning = (about: string, found: string, cure: string): Finding => ({
  about,
  level: 'warning',
  found,
  cure,
});

export const problem = (about: string, found: string, cure: string): Finding => ({
  about,
  level: 'problem',
  found,
  cure,
});
