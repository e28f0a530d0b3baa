import { z } from 'zod';

/*
 * What the API's answers hold. The vendor documents ids as numbers and its server sends strings; the columns of `SELECT *`
 * differ by version. So: unknown keys pass, ids are either, and what delivery can do without may be absent or null.
 */

const id = z.union([z.string().min(1), z.number().int()]).transform(String);

/** A column as text; '' for null and absent. Whether PHP sends a number as a number depends on its database driver. */
const text = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value)));

const flag = text.transform((value) => value === '1' || value === 'true');

const summary = z.object({ id, subject: text, status: text, priority: text, created_at: text, updated_at: text });

const field = z.object({ name: text, type: text, required: flag, value: text });

export const created = z.object({ ticket_id: id.refine((value) => value !== '0') });

export const replied = z.object({ reply_id: id.nullish().transform((value) => value ?? null) });

export const listed = z.object({ tickets: z.array(summary) });

export const viewed = z.object({
  ticket: summary.extend({ message: text, email: text, name: text }),
  replies: z
    .array(z.object({ id, message: text, user_id: text, created_at: text }))
    .nullish()
    .transform((value) => value ?? []),
  /** Keyed by the field's id. PHP writes an array without entries as `[]`, never as `{}`. */
  custom_fields: z
    .union([
      z.array(z.unknown()).transform((): Record<string, z.infer<typeof field>> => ({})),
      z.record(z.string(), field),
    ])
    .nullish()
    .transform((value) => value ?? {}),
});

export const customFields = z.object({
  fields: z.array(z.object({ id, name: text, type: text, required: flag, possible_values: text })),
});

export const categories = z.object({ categories: z.array(z.object({ id, name: text, icon: text })) });

/** One line of a sender's tickets. Dates are in the helpdesk's own time zone, which it does not tell; '' where it sends none. */
export type TicketSummary = z.infer<typeof summary>;

/** A ticket with its replies and custom fields (by field id), as the API shows it to the one it belongs to. */
export type TicketView = z.infer<typeof viewed>;

/** `user_id` is '' where a customer wrote it, else an account of the helpdesk: an agent's. */
export type TicketReply = TicketView['replies'][number];

/** A custom field of tickets, as `ticket_custom_fields.php` describes it. */
export type CustomField = z.infer<typeof customFields>['fields'][number];

/** A category, as `ticket_categories.php` describes it. */
export type Category = z.infer<typeof categories>['categories'][number];
