/** The body of a mail, as parsing gives it. */
export interface ReplyBody {
  /** The whole body as a person would read it. */
  readonly text: string;
  /** The HTML body, null where there is none. */
  readonly html: string | null;
  /** Whether `text` was made from `html`. */
  readonly textIsFromHtml: boolean;
  /** The line above which customers shall write. */
  readonly marker: string;
}

/** `text`: the customer's new words; `quoted`: all that was cut off, '' where nothing was. */
export interface TrimmedReply {
  readonly text: string;
  readonly quoted: string;
}

/**
 * Parts the new words of a reply from the mail it quotes. Never empty: where trimming leaves nothing, the full text
 * stands and `quoted` is ''.
 */
export function trimReply(body: ReplyBody): TrimmedReply {
  const lines = body.text.split(/\r\n|[\r\n]/);
  let end = lines.findIndex(
    (line) =>
      (body.marker !== '' && line.includes(body.marker)) ||
      line === '-- ' ||
      line.trim() === '--' ||
      /^sent from my /i.test(line.trim()) ||
      (line.length < 300 &&
        /^(on|am|le|el|il|op) .*(wrote|schrieb|a écrit|escribió|ha scritto|schreef)[^:]{0,80}:\s*$/i.test(line)),
  );
  if (end < 0) end = lines.length;
  while (end > 0 && /^\s*(>.*)?$/.test(lines[end - 1] ?? '')) end--;
  const text = lines.slice(0, end).join('\n').trim();
  return text === '' ? { text: body.text, quoted: '' } : { text, quoted: lines.slice(end).join('\n').trim() };
}
