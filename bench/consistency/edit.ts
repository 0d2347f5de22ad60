/** A change of one place in a source file. */
export interface Edit {
  /** From the project's root. */
  readonly file: string;
  /** Must occur exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** Texts by their files. */
export type Sources = ReadonlyMap<string, string>;

/** The sources with the edits made; throws where one is not to be made at exactly one place, since it would prove nothing. */
export function applyEdits(sources: Sources, edits: readonly Edit[]): Sources {
  const edited = new Map(sources);
  for (const { file, find, replace } of edits) {
    const text = edited.get(file) ?? '';
    const occurrences = text.split(find).length - 1;
    if (occurrences !== 1) {
      throw new Error(`An edit of ${file} must be found once, but is found ${occurrences} times: ${find}`);
    }
    edited.set(
      file,
      text.replace(find, () => replace),
    );
  }
  return edited;
}
