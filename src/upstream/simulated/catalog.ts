/** What the simulated market lists, and what it knows of each pair before a first price is drawn. */
export interface Listing {
  /** `BTC-USD`: base and quote. */
  readonly symbol: string;
  readonly name: string;
  readonly base: string;
  readonly quote: string;
  /** The price around which the years swing, in the quote. */
  readonly typicalPrice: number;
  /** What changes hands on a typical day, in the quote. */
  readonly turnover: number;
  /** Standard deviation of a day's logarithmic return, roughly. */
  readonly volatility: number;
  /** Decimals of a price and of a quantity: a step is 10 to the minus that. */
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
}

/**
 * Symbol, typical price, turnover of a day in millions (both in the quote), name; `*` marks what is pegged to its quote. The first
 * fifteen are the pairs of an overview. Orders of magnitude alone are meant: nothing here is a quotation.
 */
const TABLE = `
  BTC-USD 62000 1400 Bitcoin
  ETH-USD 2900 700 Ethereum
  SOL-USD 140 420 Solana
  XRP-USD 1.1 380 XRP
  ADA-USD 0.55 90 Cardano
  DOGE-USD 0.16 160 Dogecoin
  AVAX-USD 28 55 Avalanche
  LINK-USD 15 70 Chainlink
  DOT-USD 6.5 30 Polkadot
  MATIC-USD 0.75 32 Polygon
  LTC-USD 85 65 Litecoin
  BCH-USD 380 40 Bitcoin Cash
  UNI-USD 7.5 28 Uniswap
  ATOM-USD 8.5 18 Cosmos
  AAVE-USD 140 30 Aave
  SHIB-USD 0.000017 60 Shiba Inu
  PEPE-USD 0.0000095 75 Pepe
  SUI-USD 2.4 95 Sui
  NEAR-USD 4.6 32 NEAR Protocol
  APT-USD 8.4 24 Aptos
  ARB-USD 0.85 28 Arbitrum
  OP-USD 1.7 22 Optimism
  HBAR-USD 0.13 48 Hedera
  XLM-USD 0.22 45 Stellar
  ETC-USD 24 20 Ethereum Classic
  FIL-USD 5.2 19 Filecoin
  ICP-USD 9.4 14 Internet Computer
  INJ-USD 19 17 Injective
  TIA-USD 6.1 16 Celestia
  SEI-USD 0.38 15 Sei
  RENDER-USD 5.6 26 Render
  FET-USD 1.1 27 Artificial Superintelligence Alliance
  TAO-USD 360 22 Bittensor
  ONDO-USD 0.9 25 Ondo
  WLD-USD 2.2 18 Worldcoin
  BONK-USD 0.000021 40 Bonk
  WIF-USD 1.6 30 dogwifhat
  FLOKI-USD 0.00013 16 Floki
  JASMY-USD 0.019 14 JasmyCoin
  IMX-USD 1.4 11 Immutable
  GRT-USD 0.19 12 The Graph
  ALGO-USD 0.22 16 Algorand
  VET-USD 0.03 9 VeChain
  MKR-USD 1650 12 Maker
  CRV-USD 0.55 17 Curve DAO Token
  LDO-USD 1.6 12 Lido DAO
  SNX-USD 2.3 5 Synthetix
  COMP-USD 54 7 Compound
  SUSHI-USD 0.95 4 SushiSwap
  YFI-USD 7200 3 yearn.finance
  1INCH-USD 0.36 3 1inch
  BAL-USD 3.1 0.9 Balancer
  ZRX-USD 0.37 3 0x Protocol
  KNC-USD 0.6 1.1 Kyber Network Crystal
  BNT-USD 0.6 0.8 Bancor
  UMA-USD 2.5 1.6 UMA
  LRC-USD 0.2 3 Loopring
  BAT-USD 0.22 2.5 Basic Attention Token
  MANA-USD 0.45 5 Decentraland
  SAND-USD 0.43 6 The Sandbox
  AXS-USD 6.3 3.4 Axie Infinity
  ENJ-USD 0.26 1.5 Enjin Coin
  CHZ-USD 0.085 4.5 Chiliz
  GALA-USD 0.027 8 Gala
  APE-USD 1.3 4.2 ApeCoin
  FLOW-USD 0.72 2.4 Flow
  EGLD-USD 36 2.2 MultiversX
  XTZ-USD 0.95 3.2 Tezos
  EOS-USD 0.72 6 EOS
  NEO-USD 13 2.1 Neo
  DASH-USD 31 3.8 Dash
  ZEC-USD 42 9 Zcash
  XMR-USD 165 8 Monero
  QNT-USD 95 5 Quant
  THETA-USD 1.5 3.1 Theta Network
  RUNE-USD 4.7 7 THORChain
  KAVA-USD 0.55 1.9 Kava
  KSM-USD 27 1.4 Kusama
  ROSE-USD 0.075 3.3 Oasis
  MINA-USD 0.65 2.6 Mina
  CELO-USD 0.62 1.9 Celo
  ZIL-USD 0.021 1.3 Zilliqa
  QTUM-USD 2.9 1.2 Qtum
  ICX-USD 0.19 0.7 ICON
  ONT-USD 0.24 0.6 Ontology
  IOTX-USD 0.042 2.3 IoTeX
  ANKR-USD 0.033 2.2 Ankr
  STORJ-USD 0.5 1.7 Storj
  SKL-USD 0.05 1.6 SKALE
  CTSI-USD 0.17 1.2 Cartesi
  COTI-USD 0.11 2.1 COTI
  OCEAN-USD 0.55 2.8 Ocean Protocol
  AGIX-USD 0.46 2.4 SingularityNET
  NMR-USD 17 1.1 Numeraire
  RLC-USD 1.9 0.9 iExec RLC
  BAND-USD 1.4 0.8 Band Protocol
  API3-USD 1.7 1.5 API3
  TRB-USD 66 4.4 Tellor
  DIA-USD 0.55 0.6 DIA
  MASK-USD 2.9 2.7 Mask Network
  ENS-USD 19 6.5 Ethereum Name Service
  BLUR-USD 0.27 3.9 Blur
  LPT-USD 13 2.9 Livepeer
  AUDIO-USD 0.16 0.9 Audius
  RARE-USD 0.11 0.8 SuperRare
  SUPER-USD 0.9 2.3 SuperVerse
  GMT-USD 0.17 1.8 STEPN
  MAGIC-USD 0.5 1.7 Treasure
  ALICE-USD 1.1 0.6 My Neighbor Alice
  ILV-USD 48 0.9 Illuvium
  YGG-USD 0.5 1.3 Yield Guild Games
  PRIME-USD 8.2 3.1 Echelon Prime
  PYR-USD 2.9 0.4 Vulcan Forged
  TLM-USD 0.011 0.5 Alien Worlds
  GHST-USD 1.1 0.3 Aavegotchi
  HIGH-USD 1.4 0.7 Highstreet
  VOXEL-USD 0.16 0.6 Voxies
  DYDX-USD 1.6 4.1 dYdX
  GMX-USD 29 2.2 GMX
  PERP-USD 0.75 0.9 Perpetual Protocol
  RPL-USD 14 0.8 Rocket Pool
  SSV-USD 24 1.3 ssv.network
  FXS-USD 3.1 1.1 Frax Share
  CVX-USD 2.9 1.2 Convex Finance
  SPELL-USD 0.0007 0.9 Spell Token
  BADGER-USD 3.6 0.4 Badger DAO
  ALCX-USD 17 0.2 Alchemix
  FARM-USD 39 0.2 Harvest Finance
  FORTH-USD 3.6 0.3 Ampleforth Governance
  AMP-USD 0.0045 1.1 Amp
  REQ-USD 0.11 0.5 Request
  POWR-USD 0.25 0.6 Powerledger
  NKN-USD 0.09 0.5 NKN
  OXT-USD 0.085 0.4 Orchid
  CVC-USD 0.13 0.5 Civic
  DNT-USD 0.04 0.2 district0x
  LOOM-USD 0.07 0.7 Loom Network
  RAD-USD 1.3 0.3 Radworks
  MLN-USD 18 0.2 Enzyme
  GNO-USD 240 0.6 Gnosis
  REN-USD 0.05 0.4 Ren
  NU-USD 0.11 0.3 NuCypher
  T-USD 0.026 0.7 Threshold
  RSR-USD 0.0075 1.9 Reserve Rights
  TRIBE-USD 0.42 0.2 Tribe
  POLS-USD 0.42 0.2 Polkastarter
  ACH-USD 0.022 2.1 Alchemy Pay
  CRO-USD 0.1 5.5 Cronos
  HOT-USD 0.0019 0.6 Holo
  STX-USD 1.7 7 Stacks
  ORDI-USD 33 6 ORDI
  RVN-USD 0.02 1.1 Ravencoin
  DGB-USD 0.009 0.5 DigiByte
  SC-USD 0.0055 0.4 Siacoin
  XEM-USD 0.02 0.6 NEM
  WAVES-USD 1.6 0.9 Waves
  LSK-USD 0.95 0.6 Lisk
  ARK-USD 0.55 0.4 ARK
  STEEM-USD 0.2 0.5 Steem
  HIVE-USD 0.27 0.6 Hive
  DCR-USD 14 0.5 Decred
  ZEN-USD 9.5 0.9 Horizen
  BTG-USD 24 0.3 Bitcoin Gold
  BSV-USD 48 3.2 Bitcoin SV
  TRX-USD 0.16 21 TRON
  BNB-USD 540 24 BNB
  TON-USD 5.1 11 Toncoin
  KAS-USD 0.13 4.6 Kaspa
  GLM-USD 0.36 0.9 Golem
  WAXP-USD 0.043 0.7 WAX
  CFX-USD 0.16 2.9 Conflux
  CKB-USD 0.013 1.6 Nervos Network
  ASTR-USD 0.07 0.9 Astar
  GLMR-USD 0.23 0.6 Moonbeam
  MOVR-USD 11 0.4 Moonriver
  ACA-USD 0.07 0.3 Acala
  KDA-USD 0.72 0.4 Kadena
  XDC-USD 0.05 1.5 XDC Network
  FLR-USD 0.022 1.9 Flare
  SGB-USD 0.007 0.2 Songbird
  OSMO-USD 0.55 0.8 Osmosis
  JUNO-USD 0.14 0.1 Juno
  SCRT-USD 0.3 0.4 Secret
  AKT-USD 3.2 1.7 Akash Network
  AXL-USD 0.72 1.3 Axelar
  DYM-USD 1.9 1.2 Dymension
  ALT-USD 0.13 1.6 AltLayer
  MANTA-USD 0.9 1.4 Manta Network
  STRK-USD 0.62 4.3 Starknet
  ZK-USD 0.15 3.6 ZKsync
  ZRO-USD 3.9 4.8 LayerZero
  W-USD 0.31 2.6 Wormhole
  JUP-USD 0.85 7.5 Jupiter
  PYTH-USD 0.36 3.4 Pyth Network
  JTO-USD 2.6 4.1 Jito
  RAY-USD 2.8 4.9 Raydium
  ORCA-USD 2.7 2.2 Orca
  MNDE-USD 0.13 0.3 Marinade
  BOME-USD 0.0085 2.4 BOOK OF MEME
  MEW-USD 0.0055 2.8 cat in a dogs world
  POPCAT-USD 0.75 3.7 Popcat
  BRETT-USD 0.1 3.3 Brett
  TURBO-USD 0.0062 3.9 Turbo
  MOG-USD 0.0000016 3.1 Mog Coin
  DEGEN-USD 0.009 1.4 Degen
  AERO-USD 1.1 6.2 Aerodrome Finance
  MORPHO-USD 1.8 2.7 Morpho
  PENDLE-USD 4.2 4.4 Pendle
  ENA-USD 0.55 9 Ethena
  ETHFI-USD 1.9 3.5 ether.fi
  EIGEN-USD 2.9 5.1 EigenLayer
  SAFE-USD 0.9 0.8 Safe
  ARKM-USD 1.4 2.2 Arkham
  IO-USD 2.1 2.1 io.net
  GRASS-USD 1.8 1.9 Grass
  AIOZ-USD 0.55 1.2 AIOZ Network
  HNT-USD 5.6 2.3 Helium
  MOBILE-USD 0.0011 0.4 Helium Mobile
  HONEY-USD 0.05 0.3 Hivemapper
  DIMO-USD 0.16 0.3 DIMO
  VARA-USD 0.045 0.2 Vara Network
  BIGTIME-USD 0.13 1.1 Big Time
  NOT-USD 0.009 2.6 Notcoin
  PNUT-USD 0.62 4.7 Peanut the Squirrel
  MOODENG-USD 0.19 2.9 Moo Deng
  KARRAT-USD 0.34 0.5 KARRAT
  LUNA-USD 0.55 3.6 Terra
  USDT-USD 1 210 Tether*
  DAI-USD 1 6 Dai*
  PAX-USD 1 0.4 Pax Dollar*
  BTC-EUR 57000 90 Bitcoin
  ETH-EUR 2650 45 Ethereum
  SOL-EUR 128 24 Solana
  XRP-EUR 1 21 XRP
  ADA-EUR 0.5 6 Cardano
  LTC-EUR 78 5 Litecoin
  BTC-GBP 49000 26 Bitcoin
  ETH-GBP 2290 13 Ethereum
  BTC-USDT 62000 70 Bitcoin
  ETH-USDT 2900 38 Ethereum
  SOL-USDT 140 22 Solana
  ETH-BTC 0.047 0.0007 Ethereum
  SOL-BTC 0.0023 0.0002 Solana
`;

/** The 243 pairs, in the order of the table: what is best known comes first. */
export const CATALOG: readonly Listing[] = TABLE.trim().split('\n').map(listing);

/** Private: one line of the table. Little turnover means wilder prices; four digits of a price at least can move. */
function listing(line: string): Listing {
  const [symbol = '', typical = '', millions = '', ...words] = line.trim().split(' ');
  const [base = '', quote = ''] = symbol.split('-');
  const typicalPrice = Number(typical);
  const name = words.join(' ');
  const magnitude = Math.floor(Math.log10(typicalPrice));
  return {
    symbol,
    name: name.replace('*', ''),
    base,
    quote,
    typicalPrice,
    turnover: Number(millions) * 1e6,
    volatility: name.endsWith('*') ? 0.0008 : 0.085 - 0.012 * Math.log10(1 + Number(millions)),
    priceDecimals: Math.min(12, Math.max(2, 4 - magnitude)),
    quantityDecimals: Math.min(8, Math.max(0, 4 + magnitude)),
  };
}
