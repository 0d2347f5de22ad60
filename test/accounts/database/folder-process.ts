import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Another process of ours, and the line that it printed when it was ready. */
export interface FolderProcess {
  readonly process: ChildProcess;
  readonly line: string;
  /** Ends it by SIGKILL and waits for its end. */
  kill(): Promise<void>;
}

/** Runs a script of this folder with an argument until it prints its first line; afterwards it stays. */
export async function startFolderProcess(script: string, argument: string): Promise<FolderProcess> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path, argument], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code} before it was ready.`)));
  });
  return {
    process: child,
    line,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
