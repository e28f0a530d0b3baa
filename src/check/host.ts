import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { codeOf, cureOf, type PeerSettings } from './cure.js';
import { ok, problem, type Report } from './finding.js';

/** Addresses named of one host; a large provider has dozens. */
const MAX_ADDRESSES = 4;

/**
 * Looks a host up as its connections will: by the system's resolver, so that /etc/hosts counts.
 * @returns whether it has an address
 */
export async function checkHost(about: string, host: string, settings: PeerSettings, report: Report): Promise<boolean> {
  if (isIP(host) !== 0) return true;
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    const shown = addresses.slice(0, MAX_ADDRESSES).join(', ');
    report(ok(about, `${host} is ${shown}${addresses.length > MAX_ADDRESSES ? ', …' : ''}`));
    return true;
  } catch (error) {
    const code = codeOf(error);
    report(problem(about, `${host} cannot be resolved (${code})`, cureOf(code, settings)));
    return false;
  }
}
