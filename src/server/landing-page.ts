/** The page at `/`: where to go. */
export function landingPage(graphiql: boolean): string {
  const links = [
    graphiql ? '<li><a href="/graphql">GraphiQL</a>: explore the API</li>' : '',
    '<li><a href="/schema.graphql">schema.graphql</a>: the schema, for code generation</li>',
    '<li><a href="/health">health</a> and <a href="/ready">readiness</a></li>',
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tidemark</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>Tidemark</h1>
<p>A GraphQL gateway for trading data. The endpoint is <code>POST /graphql</code>.</p>
<ul>
${links.filter((link) => link !== '').join('\n')}
</ul>
</html>
`;
}
