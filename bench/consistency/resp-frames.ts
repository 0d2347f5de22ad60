/** Cuts a stream of Redis' replies (RESP) into whole ones, so that one of them can be lost without harm to the others. */
export class RespFrames {
  #rest: Buffer = Buffer.alloc(0);

  /** The replies that are whole now. */
  push(bytes: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    for (let end = endOfReply(this.#rest, 0); end !== undefined; end = endOfReply(this.#rest, 0)) {
      frames.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}

/** Whether a reply is a message that was published, not the answer to a command. */
export function isPublished(frame: Buffer): boolean {
  return frame.subarray(0, 40).includes('\r\n$7\r\nmessage\r\n');
}

const LINE_END = '\r\n';

/** Private: undefined where the reply is not whole. */
function endOfReply(bytes: Buffer, start: number): number | undefined {
  const lineEnd = bytes.indexOf(LINE_END, start);
  if (lineEnd === -1) return undefined;
  const type = String.fromCharCode(bytes[start] ?? 0);
  const end = lineEnd + LINE_END.length;
  const length = Number(bytes.toString('latin1', start + 1, lineEnd));
  if (type === '$') {
    const whole = length < 0 ? end : end + length + LINE_END.length;
    return whole <= bytes.length ? whole : undefined;
  }
  if (type !== '*' && type !== '>') return end;
  let at: number | undefined = end;
  for (let i = 0; i < length && at !== undefined; i += 1) at = endOfReply(bytes, at);
  return at;
}
