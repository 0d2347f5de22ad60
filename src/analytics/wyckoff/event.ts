/**
 * SC and BC, selling and buying climax; AR, the automatic rally or reaction from it; ST, the secondary test of it; SPRING below support
 * and UPTHRUST above resistance; SOS and SOW, signs of strength and weakness; LPS and LPSY, the last points of support and supply.
 */
export type WyckoffEventKind = 'SC' | 'BC' | 'AR' | 'ST' | 'SPRING' | 'UPTHRUST' | 'SOS' | 'SOW' | 'LPS' | 'LPSY';

export interface WyckoffEvent {
  /** Opening time of its candle, ms since the epoch; it may be known some candles later. */
  readonly time: number;
  /** Of SOS and SOW the close, else the candle's low or high, whichever was tested. */
  readonly price: number;
  readonly kind: WyckoffEventKind;
  /** Of SPRING and UPTHRUST alone: whether the break met no supply (demand), or the close came back by far. */
  readonly strong?: boolean;
}

/** What the event speaks for: demand that takes the market up, or supply that takes it down. AR and ST are on their climax's side. */
export type WyckoffSide = 'STRENGTH' | 'WEAKNESS';

/** An event with its place among the candles. */
export interface KnownEvent extends WyckoffEvent {
  readonly side: WyckoffSide;
  /** Its candle. */
  readonly index: number;
  /** The candle at whose close it became known. */
  readonly knownAt: number;
}

/** An event of strength as the rules find it, among bars as they are or upside down. */
export interface StrengthEvent extends Pick<KnownEvent, 'index' | 'knownAt' | 'price' | 'strong'> {
  readonly kind: StrengthKind;
}

export type StrengthKind = 'SC' | 'AR' | 'ST' | 'SPRING' | 'SOS' | 'LPS';
