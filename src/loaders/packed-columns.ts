const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** Room for so many columns of so many numbers. */
export function allotColumns(columns: number, length: number): ArrayBuffer {
  return new ArrayBuffer(columns * length * NUMBER_BYTES);
}

/** One of so many equally long columns that lie one after the other, as a view of them. */
export function columnOf(buffer: ArrayBuffer, index: number, columns: number): Float64Array<ArrayBuffer> {
  const length = buffer.byteLength / (columns * NUMBER_BYTES);
  return new Float64Array(buffer, index * length * NUMBER_BYTES, length);
}
