/** The cells of a line without the white space around them, to which a byte order mark belongs. A cell may stand in quotes, where a doubled one is a quote itself. */
export function splitCells(line: string, delimiter: string): string[] {
  if (line.includes('"')) return splitQuoted(line, delimiter);
  const cells = line.split(delimiter);
  for (let i = 0; i < cells.length; i += 1) cells[i] = cells[i]?.trim() ?? '';
  return cells;
}

/** Private: the pieces between quotes alternate between outside and inside; an empty outside between two quotes is a doubled one. */
function splitQuoted(line: string, delimiter: string): string[] {
  const cells = [''];
  const append = (text: string): void => {
    cells.push((cells.pop() ?? '') + text);
  };
  const pieces = line.split('"');
  pieces.forEach((piece, i) => {
    if (i % 2 === 1) return append(piece);
    if (piece === '' && i > 0 && i < pieces.length - 1) return append('"');
    const [first = '', ...rest] = piece.split(delimiter);
    append(first.trim());
    cells.push(...rest.map((cell) => cell.trim()));
  });
  return cells;
}
