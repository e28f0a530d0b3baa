import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that belongs to one test: started, killed and restarted by it. */
export interface PrivateServer {
  /** The id of its process, which a restart changes. */
  pid(): number;
  /** Sends a signal; after one that ends a process, resolves when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it anew on the same port with the data it kept; ends it before where it still runs. */
  restart(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** How to get the program, for the error where it is missing. */
  readonly install: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Whether it serves yet; a throw counts as not yet. */
  ready(): Promise<boolean>;
}

const START_MS = 20_000;

/** Starts a server and waits until it serves. It does not outlive this process. */
export async function startServer(command: Command): Promise<PrivateServer> {
  let child = await launch(command);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    // A process that a test froze does not hear SIGTERM.
    child.kill('SIGCONT');
    await exit;
  };
  return {
    pid: () => child.pid ?? 0,
    async kill(signal) {
      if (signal === 'SIGSTOP' || signal === 'SIGCONT') child.kill(signal);
      else await end(signal);
    },
    async restart() {
      await end('SIGTERM');
      child = await launch(command);
    },
    stop: () => end('SIGKILL'),
  };
}

/** A port of the loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function launch(command: Command): Promise<ChildProcess> {
  const { program, args, uid, gid } = command;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.on('exit', killWithUs);
  child.on('exit', () => process.off('exit', killWithUs));
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let failure: Error | undefined;
  child.on('error', (error) => {
    failure =
      'code' in error && error.code === 'ENOENT' ? new Error(`${program} is missing: ${command.install}`) : error;
  });
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(20)) {
    if (failure) throw failure;
    if (child.exitCode !== null) break;
    if (await command.ready().catch(() => false)) return child;
  }
  child.kill('SIGKILL');
  throw new Error(`${program} did not start:\n${output}`);
}
