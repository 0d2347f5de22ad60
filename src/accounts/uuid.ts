const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether the database takes `text` for a uuid column, where anything else is an error of the whole query. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
