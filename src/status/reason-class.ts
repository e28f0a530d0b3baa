import type { Outcome } from '../mail/outcome.js';

/** How the reason of an ignored mail begins, and its class. The reasons themselves hold addresses, and there is no end to them. */
const IGNORED: readonly (readonly [string, string])[] = [
  ['own mail', 'own_mail'],
  ['bounce', 'bounce'],
  ['feedback report', 'feedback_report'],
  ['auto reply', 'auto_reply'],
  ['auto generated', 'auto_generated'],
  ['list', 'list'],
  ['bulk', 'bulk'],
  ['blocked', 'blocked'],
];

/** Every class of reasons, by the kind of outcome. */
export const REASON_CLASSES = {
  created: ['new_request', 'tag_of_no_own_ticket'],
  replied: ['answer'],
  ignored: [...IGNORED.map(([, name]) => name), 'other'],
  failed: ['refused', 'given_up', 'cut_off'],
} as const;

/** The class of what became of a mail: one of a few words, never anything the mail says. */
export function reasonClassOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'created':
      return outcome.note === undefined ? 'new_request' : 'tag_of_no_own_ticket';
    case 'replied':
      return 'answer';
    case 'ignored':
      return IGNORED.find(([beginning]) => outcome.reason.startsWith(beginning))?.[1] ?? 'other';
  }
}
