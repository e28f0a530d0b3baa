/**
 * PostgreSQL stores JSON without U+0000 and without lone surrogates, and hostile mail holds both: such a job is refused, and
 * an error with such a message cannot even be stored as failed, so that its job runs again and again.
 */

/** The same text with U+0000 and lone surrogates replaced by U+FFFD. */
export function safeText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/**
 * The same plain JSON value with every string in it, keys too, made safe. Anything but arrays and plain objects is passed on. What is
 * safe already is given back as it is: nearly every mail is, and each passes here.
 */
export function safeJson<T>(value: T): T;
export function safeJson(value: unknown): unknown {
  if (isSafe(value)) return value;
  if (typeof value === 'string') return safeText(value);
  if (Array.isArray(value)) return value.map((item) => safeJson(item));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [safeText(key), safeJson(item)]));
}

function isSafe(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (Array.isArray(value)) return value.every(isSafe);
  return !isPlain(value) || Object.entries(value).every(([key, item]) => isSafe(key) && isSafe(item));
}

/** Makes an error storable, itself: its message and stack are changed in place, so that its class and fields stay. What was thrown and is no Error becomes one. */
export function safeError(thrown: unknown): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  error.message = safeText(error.message);
  if (error.stack) error.stack = safeText(error.stack);
  return error;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
