/** What instances tell each other: at once or never. Whoever relies on it must notice what is lost. */
export interface Bus {
  /** How this instance is known. */
  readonly id: string;
  /** The channel that everyone listens to. */
  readonly channel: string;
  readonly isListening: boolean;
  /** Told when it begins to listen, anew after each loss. */
  onListening(listener: () => void): void;
  /** What came for everyone. */
  onBroadcast(listener: (text: string) => void): void;
  /** What came for this instance and begins with the word `kind`; `rest` is what follows it. */
  onMessage(kind: string, listener: (rest: string) => void): void;
  send(to: string, kind: string, rest: string): void;
}
