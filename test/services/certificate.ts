import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A certificate that has signed itself, as PEM files that go with this process.
 * @param names what it is for, as `DNS:localhost` or `IP:127.0.0.1`
 */
export function selfSigned(names: string, days: number): { cert: string; key: string } {
  const directory = mkdtempSync(join(tmpdir(), 'mail2ticket-certificate-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const what = ['-days', String(days), '-subj', '/CN=test', '-addext', `subjectAltName=${names}`];
  execFileSync('openssl', ['req', ...kind, ...what, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  // Dovecot's master reads them, as a user that is not root.
  for (const path of [directory, cert, key]) chmodSync(path, 0o755);
  return { cert, key };
}
