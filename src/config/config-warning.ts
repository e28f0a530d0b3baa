/** Something about the settings that stops nothing and is hardly what the operator meant. */
export interface ConfigWarning {
  /** The variable, as the operator wrote it. */
  readonly variable: string;
  /** What is the case, to be read after the variable. Never the value: a secret may stand there. */
  readonly found: string;
  /** What to do about it. */
  readonly cure: string;
}

/** One line of it, for the log and for the terminal. */
export function warningLine({ variable, found, cure }: ConfigWarning): string {
  return `${variable} ${found}; ${cure}`;
}
