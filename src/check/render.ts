import { cleanLine } from '../mail/clean.js';
import type { Finding } from './finding.js';

const MARKS: Readonly<Record<Finding['level'], string>> = { ok: '✓', warning: '!', problem: '✗', skipped: '–' };

/** One line for each finding, and one with their number. Servers' words stand in them, so they are cleaned. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const lines = findings.map(
    ({ about, level, found, cure }) =>
      cleanLine(`${MARKS[level]} ${about}`).padEnd(width + 4) + cleanLine(cure === '' ? found : `${found} → ${cure}`),
  );
  return [...lines, '', summary(findings), ''].join('\n');
}

function summary(findings: readonly Finding[]): string {
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  if (problems + warnings === 0) return 'Everything is in order.';
  return `${count(problems, 'problem')}, ${count(warnings, 'warning')}. What stands after → is what to do.`;
}

function count(n: number, noun: string): string {
  return `${n === 0 ? 'no' : n} ${noun}${n === 1 ? '' : 's'}`;
}
