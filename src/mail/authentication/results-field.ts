import { MAX_HEADER_VALUE_CHARACTERS } from '../../limits.js';

/** What one server found out about a mail: the value of an Authentication-Results field. */
export interface AuthenticationResults {
  /** Who says so, in lower case; '' where the field does not tell. */
  readonly authservId: string;
  /** Empty where the field says `none`. */
  readonly results: readonly MethodResult[];
}

/** One clause, as `dkim=pass (2048-bit key) header.d=example.com`. */
export interface MethodResult {
  /** Lower case, as `dmarc`. */
  readonly method: string;
  /** Lower case, as `pass`. */
  readonly result: string;
  /** `header.from` and the like in lower case, to the value as it stands there, without quotes. One given twice is null: it proves nothing. */
  readonly properties: ReadonlyMap<string, string | null>;
  /** The comments of the clause, one after the other. */
  readonly comment: string;
}

/** The one version there is, of the field and of each method (RFC 8601 section 2.2). */
const VERSION = '1';

/**
 * Reads the value of an Authentication-Results field (RFC 8601 section 2.2). Strict on purpose: part of what servers write
 * there was chosen by the sender (the envelope's address, the domain of a signature), and where that breaks the syntax
 * nothing of the field can be believed. More than the grammar only what servers write without need to quote it: values of
 * any printable characters (`header.b=a/b=`), values that are empty, `action=none`, and a `;` at the end.
 *
 * @param value unfolded and not decoded: an encoded word can hold a whole clause
 * @returns null for what is not such a value, is cut off, or is of another version
 */
export function readResultsField(value: string): AuthenticationResults | null {
  return readWhole(value, true);
}

/**
 * Reads the value of an Authentication-Results field that lacks its begin, as Microsoft 365 writes it: `spf=pass …; dkim=pass …`.
 * @returns null as for `readResultsField`
 */
export function readNamelessResultsField(value: string): AuthenticationResults | null {
  return readWhole(`;${value}`, false);
}

function readWhole(value: string, named: boolean): AuthenticationResults | null {
  if (value.length > MAX_HEADER_VALUE_CHARACTERS) return null;
  try {
    return new ResultsReader(value).read(named);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Reads the value of an ARC-Authentication-Results field (RFC 8617 section 4.1.1): an instance number, then the same.
 * @returns null as for `readResultsField`
 */
export function readArcResultsField(value: string): AuthenticationResults | null {
  const instance = /^\s*i\s*=\s*\d{1,3}\s*;/i.exec(value);
  return instance === null ? null : readResultsField(value.slice(instance[0].length));
}

class ResultsReader {
  #at = 0;
  #comment = '';

  constructor(private readonly text: string) {}

  read(named: boolean): AuthenticationResults {
    this.#skip();
    return { authservId: named ? this.#authservId() : '', results: this.#clauses() };
  }

  #authservId(): string {
    const authservId = (this.#quoted() ?? this.#match(/[!#$%&'*+.0-9A-Z^_`a-z{|}~\x80-\xFF-]+/y)).toLowerCase();
    this.#skip();
    const version = this.#peek(/\d/y) ? this.#match(/\d+/y) : VERSION;
    this.#skip();
    if (version !== VERSION) throw new SyntaxError('another version');
    return authservId;
  }

  #clauses(): MethodResult[] {
    const results: MethodResult[] = [];
    let none = false;
    while (this.#at < this.text.length) {
      this.#match(/;/y);
      this.#skip();
      if (this.#peek(/;|$/y)) continue;
      if (this.#peek(/none(?=[\s;(]|$)/iy)) {
        this.#match(/none/iy);
        this.#skip();
        none = true;
      } else {
        const result = this.#clause();
        if (result !== null) results.push(result);
      }
    }
    if (none && results.length > 0) throw new SyntaxError('none, and results');
    return results;
  }

  /** One clause, to its `;` or the end; null for a method of another version. */
  #clause(): MethodResult | null {
    this.#comment = '';
    const method = this.#keyword();
    let version = VERSION;
    if (this.#peek(/\//y)) {
      this.#match(/\//y);
      this.#skip();
      version = this.#match(/\d+/y);
      this.#skip();
    }
    this.#match(/=/y);
    this.#skip();
    const result = this.#match(/[A-Za-z0-9_-]+(?=[\s;(]|$)/y).toLowerCase();
    const properties = new Map<string, string | null>();
    this.#skip();
    while (!this.#peek(/;|$/y)) {
      let name = this.#keyword();
      if (this.#peek(/\./y)) {
        this.#match(/\./y);
        this.#skip();
        name += `.${this.#keyword()}`;
      }
      this.#match(/=/y);
      properties.set(name, properties.has(name) ? null : this.#value());
      this.#skip();
    }
    return version === VERSION ? { method, result, properties, comment: this.#comment } : null;
  }

  #keyword(): string {
    const word = this.#match(/[A-Za-z][A-Za-z0-9_-]*/y).toLowerCase();
    this.#skip();
    return word;
  }

  /** A quoted text, an address (its local part perhaps quoted), or anything else up to white space, a comment or `;`. */
  #value(): string {
    this.#skip();
    // An empty value and the next property: not a value that happens to look like one.
    if (this.#peek(/;|$|[A-Za-z][A-Za-z0-9-]*\.[A-Za-z][A-Za-z0-9_-]*=/y)) return '';
    const quoted = this.#quoted();
    if (quoted === null) return this.#match(/[^\s;()"\0-\x1F\x7F]+(?=[\s;(]|$)/y);
    return this.#peek(/@/y) ? quoted + this.#match(/@[^\s;()"\0-\x1F\x7F]*(?=[\s;(]|$)/y) : this.#apart(quoted);
  }

  /** What follows a quoted text must be set off from it. */
  #apart(quoted: string): string {
    if (!this.#peek(/[\s;(]|$/y)) throw new SyntaxError('something hangs on a quoted text');
    return quoted;
  }

  #quoted(): string | null {
    if (!this.#peek(/"/y)) return null;
    const quoted = this.#match(/"(?:[^"\\\0-\x08\x0A-\x1F\x7F]|\\[\t -~\x80-\xFF])*"/y);
    return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
  }

  /** White space and comments, which nest (RFC 5322 section 3.2.2). */
  #skip(): void {
    for (;;) {
      this.#at += this.#length(/[ \t]*/y) ?? 0;
      if (!this.#peek(/\(/y)) return;
      let depth = 0;
      const start = this.#at;
      do {
        const piece = this.#match(/[()]|(?:[^()\\\0-\x08\x0A-\x1F\x7F]|\\[\t -~\x80-\xFF])+/y);
        if (piece === '(') depth++;
        if (piece === ')') depth--;
      } while (depth > 0);
      this.#comment += this.text.slice(start, this.#at);
    }
  }

  #length(pattern: RegExp): number | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.text)?.[0].length ?? null;
  }

  #peek(pattern: RegExp): boolean {
    return this.#length(pattern) !== null;
  }

  #match(pattern: RegExp): string {
    const length = this.#length(pattern);
    if (length === null) throw new SyntaxError(`at ${this.#at}`);
    this.#at += length;
    return this.text.slice(this.#at - length, this.#at);
  }
}
