import { lockFolder } from '../../../src/accounts/database/folder-lock.js';

/** A process that holds the lock of a folder until it is killed, or until its input ends. */
await lockFolder(process.argv[2] ?? '');
console.log('locked');
process.stdin.on('end', () => process.exit()).resume();
