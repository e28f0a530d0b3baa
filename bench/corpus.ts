import { corpusCommand } from './corpus/command.js';

/** `npm run corpus -- DIR`: how well mail is read, on real mail whose meaning is known. */
const { stdout, stderr } = process;

process.exitCode = await corpusCommand(process.argv.slice(2), {
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  progress: (done, of) => stderr.isTTY && stderr.write(done < of ? `\r${done}/${of}` : '\r\x1b[K'),
});
