import { badRequest, type RequestFault } from './http-answer.js';

/** What is wrong with the parameters of a GET, if anything (GraphQL over HTTP, GET): Yoga reads them where nothing is. */
export function checkGraphqlQuery(parameters: URLSearchParams): RequestFault | undefined {
  if (!parameters.get('query')) {
    return badRequest(400, 'A GET has a query, such as /graphql?query={market{source}}', 'none');
  }
  const wrong = ['variables', 'extensions'].find((name) => !isJsonObject(parameters.get(name)));
  if (wrong === undefined) return undefined;
  return badRequest(400, `The parameter ${wrong} is a JSON object`, `"${parameters.get(wrong)?.slice(0, 80)}"`);
}

/** Private: or nothing at all. */
function isJsonObject(text: string | null): boolean {
  if (text === null || text === '') return true;
  try {
    const value: unknown = JSON.parse(text);
    return value === null || (typeof value === 'object' && !Array.isArray(value));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
