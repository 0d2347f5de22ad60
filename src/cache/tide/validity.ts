import { markFields, type TagStart } from './tag.js';
import type { Mark, TideReading } from './tide.js';

/** `soft`: valid, but a soft mark ended its freshness. */
export type Validity = 'valid' | 'soft' | 'invalid';

/**
 * The rule that everything rests on: of the present generation, begun at or above the floor, and no mark of any tag or of its prefixes
 * above that tag's start. `tide` must hold the marks of all their fields.
 */
export function validity(generation: string, tags: readonly TagStart[], tide: TideReading): Validity {
  if (generation !== tide.generation) return 'invalid';
  if (tags.some(({ start }) => start < tide.floor)) return 'invalid';
  return validityByMarks(tags, tide.marks);
}

/** The part of the rule that is about marks, for whoever knows that generation and floor are as they must be. */
export function validityByMarks(tags: readonly TagStart[], marks: ReadonlyMap<string, Mark>): Validity {
  if (marks.size === 0) return 'valid';
  let result: Validity = 'valid';
  for (const { tag, start } of tags) {
    for (const field of markFields(tag)) {
      const mark = marks.get(field);
      if (mark === undefined) continue;
      if (mark.hard > start) return 'invalid';
      if (mark.soft > start) result = 'soft';
    }
  }
  return result;
}
