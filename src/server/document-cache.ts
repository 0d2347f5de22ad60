/** What Yoga asks of the place where it keeps parsed documents. */
export interface DocumentCache<T> {
  get(document: string): T | undefined;
  set(document: string, value: T): void;
}

/**
 * Keeps what was last made of documents, the least recently used dropped first. Bounded by the characters of the documents, because
 * what is made of one takes up to 300 bytes for each of them: a bound by count would let a thousand long ones fill the memory.
 */
export function createDocumentCache<T>(maxCharacters: number): DocumentCache<T> {
  // A Map keeps its order: what is read or written moves to its end.
  const kept = new Map<string, T>();
  let characters = 0;
  const drop = (document: string) => {
    if (kept.delete(document)) characters -= document.length;
  };
  return {
    get: (document) => {
      const value = kept.get(document);
      if (value === undefined) return undefined;
      kept.delete(document);
      kept.set(document, value);
      return value;
    },
    set: (document, value) => {
      drop(document);
      if (document.length > maxCharacters) return;
      kept.set(document, value);
      characters += document.length;
      for (const oldest of kept.keys()) {
        if (characters <= maxCharacters) return;
        drop(oldest);
      }
    },
  };
}
