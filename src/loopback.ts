import { isIP } from 'node:net';

/** Whether a host name of a URL is this machine (RFC 6761 section 6.3 for localhost). */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return /(^|\.)localhost$/.test(host) || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
