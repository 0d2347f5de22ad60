import { UnstorableError } from './unstorable-error.js';

/** Why `store` could not store its value, or undefined where it could. */
export function refusalOf(store: () => void): UnstorableError | undefined {
  try {
    store();
    return undefined;
  } catch (error) {
    if (error instanceof UnstorableError) return error;
    throw error;
  }
}
